package io.panocrypt.servlet.internal.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.PrivateJwk;
import io.panocrypt.policy.Devices;
import io.panocrypt.policy.History;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceApproval;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.servlet.internal.http.ApiBody;
import io.panocrypt.servlet.internal.http.ApiJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The routes for devices, their states and their keys. */
final class DeviceRoutes {
    /** The text by which an operator allows any source. */
    static final String ANY = "any";
    /** Maximum number of history entries that are searched for a device's last unlock. */
    private static final int SEARCHED_ENTRIES = 1000;

    private static final int PAGE = 50;

    private final Panocrypt panocrypt;
    private final Devices devices;
    private final History history;

    DeviceRoutes(Panocrypt panocrypt) {
        this.panocrypt = panocrypt;
        this.devices = panocrypt.devices();
        this.history = panocrypt.history();
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.of("POST", "/devices", Role.ADMIN, this::create)
                        .alsoForServiceAccounts(Scope.Act.ENROLL_DEVICE),
                ApiRoute.of("POST", "/devices/import", Role.ADMIN, this::importKeys),
                ApiRoute.list("/devices", this::list, "name", "namePrefix", "tag", "state", "q")
                        .alsoForServiceAccounts(Scope.Act.READ),
                ApiRoute.of("GET", "/devices/{id}", Role.VIEWER, this::get).alsoForServiceAccounts(Scope.Act.READ),
                ApiRoute.of("PATCH", "/devices/{id}", Role.ADMIN, this::edit),
                ApiRoute.of("POST", "/devices/{id}/disable", Role.APPROVER, this::disable)
                        .alsoForServiceAccounts(Scope.Act.DISABLE),
                ApiRoute.of("POST", "/devices/{id}/enable", Role.ADMIN, this::enable)
                        .alsoForServiceAccounts(Scope.Act.ENABLE),
                ApiRoute.of("POST", "/devices/{id}/confirm", Role.ADMIN, this::confirm),
                ApiRoute.of("POST", "/devices/{id}/revoke", Role.ADMIN, this::revoke),
                ApiRoute.of("POST", "/devices/{id}/rotate-keys", Role.ADMIN, this::rotateKeys),
                ApiRoute.of("GET", "/devices/{id}/advertisement", Role.VIEWER, this::advertisement)
                        .alsoForServiceAccounts(Scope.Act.READ),
                ApiRoute.of("GET", "/devices/{id}/register-source", Role.VIEWER, this::refusedSource),
                ApiRoute.of("POST", "/devices/{id}/register-source", Role.ADMIN, this::registerSource),
                ApiRoute.of("DELETE", "/devices/{id}/keys/{generation}", Role.ADMIN, this::destroyGeneration),
                ApiRoute.of("POST", "/devices/{id}/dry-run", Role.VIEWER, this::dryRun)
                        .alsoForServiceAccounts(Scope.Act.DRY_RUN),
                ApiRoute.list("/devices/{id}/history", this::history, HistoryQuery.ofDevice())
                        .alsoForServiceAccounts(Scope.Act.READ));
    }

    private ApiReply create(ApiRequest request) {
        ApiBody body = request.body();
        body.require("name");
        DeviceChange wanted = change(body).withCustody(body.text("custody"));
        body.finish();
        Device made = devices.create(request.actor(), wanted);
        return ApiReply.created(view(made), made.version());
    }

    /** Answers 200: a Location below this path would lead nowhere. */
    private ApiReply importKeys(ApiRequest request) {
        List<PrivateJwk> advertised = new ArrayList<>();
        List<PrivateJwk> hidden = new ArrayList<>();
        try {
            ApiBody body = request.body();
            body.require("name");
            advertised.addAll(body.privateKeys("keys"));
            hidden.addAll(body.privateKeys("hiddenKeys"));
            DeviceChange wanted = change(body);
            body.finish();
            return device(devices.importKeys(request.actor(), wanted, advertised, hidden));
        } finally {
            Stream.concat(advertised.stream(), hidden.stream()).forEach(PrivateJwk::close);
            request.content().wipe();
        }
    }

    private ApiReply list(ApiRequest request) {
        Devices.Filter filter = new Devices.Filter(
                lowerCase(request.query().get("name")),
                lowerCase(request.query().get("tag")),
                request.query().oneOf("state", DeviceState.class),
                lowerCase(request.query().get("namePrefix")),
                lowerCase(request.query().get("q")),
                request.member());
        Function<Device, DeviceApproval> approvals = devices.approvals();
        Function<Device, List<String>> warnings = devices.warnings();
        return ApiReply.ok(ApiViews.page(
                devices.list(filter, request.query().cursor(), request.query().limit()),
                device -> ApiViews.device(devices, device, approvals.apply(device), warnings.apply(device))));
    }

    private ApiReply get(ApiRequest request) {
        Device device = readable(request);
        ObjectNode view = view(device);
        Page<UnlockRecord> newest = history.unlocks(device.id(), null, PAGE);
        view.put("lastSeen", time(newest.items().stream()));
        view.put("lastUnlock", time(entries(device, newest).filter(row -> row.outcome() == Outcome.ALLOWED)));
        return ApiReply.ok(view, device.version());
    }

    private Device readable(ApiRequest request) {
        return devices.get(request.member(), Scope.Act.READ, request.id());
    }

    /**
     * The device's entries from that page on, loaded page by page on demand: the first page usually has the last
     * unlock.
     */
    private Stream<UnlockRecord> entries(Device device, Page<UnlockRecord> newest) {
        return Stream.iterate(
                        newest,
                        Objects::nonNull,
                        page -> page.nextCursor()
                                .map(cursor -> history.unlocks(device.id(), cursor, PAGE))
                                .orElse(null))
                .limit(SEARCHED_ENTRIES / PAGE)
                .flatMap(page -> page.items().stream());
    }

    private static @Nullable String time(Stream<UnlockRecord> entries) {
        return entries.findFirst().map(entry -> entry.time().toString()).orElse(null);
    }

    private ApiReply edit(ApiRequest request) {
        long version = request.ifMatch();
        ApiBody body = request.body();
        DeviceChange change = change(body).withCustody(body.text("custody"));
        boolean confirmed = body.isConfirmed();
        body.finish();
        return device(devices.edit(request.actor(), request.id(), version, change, confirmed));
    }

    /**
     * Reads a device's settings from a body, for a new or an existing device or for devices that an enrollment key
     * makes.
     */
    static DeviceChange change(ApiBody body) {
        return new DeviceChange(
                body.text("name"),
                ApiBody.set(body.texts("tags")),
                body.cidrs("sources"),
                ApiBody.set(body.ids("networkAccessLists")),
                body.flag("requireApproval"),
                body.flag("acknowledgeOpen"),
                body.count("volumes"),
                body.text("notes"),
                body.one("curve", "must be P-256, P-384 or P-521", Curve::ofCrv),
                null);
    }

    private ApiReply disable(ApiRequest request) {
        request.expectNothing();
        return device(devices.disable(request.actor(), request.id()));
    }

    private ApiReply enable(ApiRequest request) {
        request.expectNothing();
        return device(devices.enable(request.actor(), request.id()));
    }

    private ApiReply confirm(ApiRequest request) {
        request.expectNothing();
        return device(devices.confirm(request.actor(), request.id()));
    }

    private ApiReply revoke(ApiRequest request) {
        ApiBody body = request.body();
        body.require("confirm");
        String name = body.text("confirm");
        body.finish();
        return device(devices.revoke(request.actor(), request.id(), Objects.requireNonNull(name)));
    }

    private ApiReply rotateKeys(ApiRequest request) {
        request.expectNothing();
        return device(devices.rotateKeys(request.actor(), request.id()));
    }

    /** What binds a volume without a request to the server: the advertisement, and by which thumbprint to trust it. */
    private ApiReply advertisement(ApiRequest request) {
        Device device = readable(request);
        byte[] jws = panocrypt
                .advertisement(device.token(), null)
                .orElseThrow(() -> new OperationException(OperationException.Kind.CONFLICT, "the device is revoked"));
        ObjectNode view = ApiJson.object()
                .put("id", device.id())
                .put("unlockUrl", devices.unlockUrl(device))
                .put("thumbprint", devices.thumbprint(device).orElse(null));
        view.set("advertisement", ApiJson.parseOwn(new String(jws, StandardCharsets.US_ASCII)));
        return ApiReply.ok(view);
    }

    private ApiReply refusedSource(ApiRequest request) {
        return ApiReply.ok(ApiViews.refusedSource(devices.refusedSource(request.id())));
    }

    private ApiReply registerSource(ApiRequest request) {
        long version = request.ifMatch();
        ApiBody body = request.body();
        IpAddress confirmed = body.address("source");
        body.finish();
        Devices.Registration done = devices.registerSource(request.actor(), request.id(), version, confirmed);
        ObjectNode view = view(done.device());
        view.set("refused", ApiViews.refusedSource(done.refused()));
        return ApiReply.ok(view, done.device().version());
    }

    private ApiReply destroyGeneration(ApiRequest request) {
        String number = request.variables().get(1);
        if (!number.matches("[1-9][0-9]{0,8}")) {
            throw new OperationException(OperationException.Kind.NOT_FOUND, "no such generation");
        }
        ApiBody body = request.body();
        Integer confirmed = body.count("confirm");
        body.finish();
        devices.destroyGeneration(request.actor(), request.id(), Integer.parseInt(number), confirmed);
        return ApiReply.done();
    }

    private ApiReply dryRun(ApiRequest request) {
        ApiBody body = request.body();
        body.require("source");
        IpAddress source = body.address("source");
        body.finish();
        Device device = devices.get(request.member(), Scope.Act.DRY_RUN, request.id());
        return ApiReply.ok(ApiViews.decision(panocrypt.dryRun(device.id(), source), devices.warnings(device)));
    }

    private ApiReply history(ApiRequest request) {
        Device device = readable(request);
        return ApiReply.ok(ApiViews.page(
                panocrypt
                        .history()
                        .searchUnlocks(
                                HistoryQuery.of(request.query()).withDevice(device.id()),
                                request.query().cursor(),
                                request.query().limit()),
                ApiViews::unlock));
    }

    private ApiReply device(Device device) {
        return ApiReply.ok(view(device), device.version());
    }

    private ObjectNode view(Device device) {
        return ApiViews.device(devices, device, devices.approvals().apply(device), devices.warnings(device));
    }

    private static @Nullable String lowerCase(@Nullable String text) {
        return text == null ? null : text.toLowerCase(Locale.ROOT);
    }
}
