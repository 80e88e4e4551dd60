package io.panocrypt.servlet.internal.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.Devices;
import io.panocrypt.policy.Keys;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.policy.model.WireNamed;
import io.panocrypt.policy.model.keys.KeyGeneration;
import io.panocrypt.policy.model.keys.KeyJob;
import io.panocrypt.policy.model.keys.KeyReport;
import io.panocrypt.policy.model.keys.KeyUse;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.servlet.internal.http.ApiBody;
import io.panocrypt.servlet.internal.http.ApiJson;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The routes for the use of devices' keys, and for jobs that rotate or destroy many of them. */
final class KeyRoutes {
    private static final int DEFAULT_PACE = 60;

    private final Keys keys;
    private final Devices devices;

    KeyRoutes(Panocrypt panocrypt) {
        this.keys = panocrypt.keys();
        this.devices = panocrypt.devices();
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.of("GET", "/devices/{id}/keys", Role.VIEWER, this::generations)
                        .alsoForServiceAccounts(Scope.Act.READ),
                ApiRoute.list("/key-report", this::report, "tag", "olderThan"),
                ApiRoute.of("POST", "/key-jobs", Role.ADMIN, this::start),
                ApiRoute.list("/key-jobs", this::list),
                ApiRoute.of("GET", "/key-jobs/{id}", Role.VIEWER, this::get),
                ApiRoute.of("DELETE", "/key-jobs/{id}", Role.ADMIN, this::cancel));
    }

    private ApiReply generations(ApiRequest request) {
        List<KeyGeneration> generations = keys.generations(devices.get(request.member(), Scope.Act.READ, request.id()));
        ObjectNode view = ApiJson.object();
        ArrayNode items = view.putArray("items");
        generations.forEach(generation -> items.add(view(generation)));
        return ApiReply.ok(view.putNull("nextCursor"));
    }

    private static ObjectNode view(KeyGeneration generation) {
        ObjectNode view = ApiJson.object()
                .put("generation", generation.key().generation())
                .put("state", generation.key().hidden() ? "hidden" : "advertised")
                .put("signing", generation.key().signing().kid())
                .put("exchange", generation.key().exchange().kid())
                .put("custody", generation.key().custody())
                .put("created", generation.key().created().toString())
                .put("hiddenSince", text(generation.key().hiddenSince()));
        view.set("lastUse", view(generation.lastUse()));
        return view.put("provablyUnused", generation.provablyUnused());
    }

    private static @Nullable ObjectNode view(Optional<KeyUse> use) {
        return use.map(last -> ApiJson.object()
                        .put("generation", last.generation())
                        .put("time", last.time().toString())
                        .put("source", last.source().map(IpAddress::toString).orElse(null))
                        .put("outcome", last.outcome().wireName()))
                .orElse(null);
    }

    private static @Nullable String text(Optional<Instant> time) {
        return time.map(Instant::toString).orElse(null);
    }

    private ApiReply report(ApiRequest request) {
        KeyReport report = keys.report(
                request.query().lowerCase("tag"),
                request.query().duration("olderThan"),
                request.query().cursor(),
                request.query().limit());
        ObjectNode view = ApiViews.page(report.page(), KeyRoutes::view)
                .put("time", report.time().toString())
                .put("devices", report.devices())
                .put("withHidden", report.withHidden())
                .put("usingHidden", report.usingHidden())
                .put("unproven", report.unproven())
                .put("lastHiddenUse", text(report.lastHiddenUse()))
                .put("current", report.current());
        ArrayNode ages = view.putArray("ages");
        report.ages()
                .forEach(age ->
                        ages.addObject().put("days", age.atLeast().toDays()).put("devices", age.devices()));
        return ApiReply.ok(view);
    }

    private static ObjectNode view(KeyReport.Line line) {
        ObjectNode view = ApiJson.object()
                .put("id", line.deviceId())
                .put("name", line.name())
                .put("advertisedSince", line.advertisedSince().toString())
                .put("hidden", line.hidden());
        view.set("lastHiddenUse", view(line.lastHiddenUse()));
        return view;
    }

    private ApiReply start(ApiRequest request) {
        ApiBody body = request.body();
        body.require("act");
        KeyJob.Act act = body.one("act", "must be rotate or destroy", name -> WireNamed.parse(KeyJob.Act.class, name));
        List<String> tags = body.texts("tags");
        Duration age = body.duration("age");
        Integer pace = body.count("pace");
        body.finish();
        KeyJob made = keys.start(
                request.actor(),
                Objects.requireNonNull(act),
                Objects.requireNonNullElse(tags, List.of()),
                Objects.requireNonNullElse(age, Duration.ZERO),
                Objects.requireNonNullElse(pace, DEFAULT_PACE));
        return ApiReply.created(view(made), made.version());
    }

    private ApiReply list(ApiRequest request) {
        return ApiReply.ok(ApiViews.page(
                keys.jobs(request.query().cursor(), request.query().limit()), KeyRoutes::view));
    }

    private ApiReply get(ApiRequest request) {
        KeyJob job = keys.job(request.id());
        return ApiReply.ok(view(job), job.version());
    }

    private ApiReply cancel(ApiRequest request) {
        keys.cancel(request.actor(), request.id());
        return ApiReply.done();
    }

    private static ObjectNode view(KeyJob job) {
        ObjectNode view =
                ApiJson.object().put("id", job.id()).put("act", job.act().wireName());
        view.set("tags", ApiViews.texts(job.tags()));
        return view.put("age", job.age().toString())
                .put("pace", job.pace())
                .put("startedBy", job.startedBy())
                .put("started", job.started().toString())
                .put("state", job.state().wireName())
                .put("ended", text(job.ended()))
                .put("changed", job.changed())
                .put("kept", job.kept())
                .put("failed", job.failed())
                .put("version", job.version());
    }
}
