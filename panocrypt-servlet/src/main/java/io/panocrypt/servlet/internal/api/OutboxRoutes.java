package io.panocrypt.servlet.internal.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.Contacts;
import io.panocrypt.policy.Outbox;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Role;
import io.panocrypt.servlet.internal.http.ApiBody;
import io.panocrypt.servlet.internal.http.ApiJson;
import io.panocrypt.servlet.internal.http.ApiQuery;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;

/** The routes for notices that wait or could not be delivered, and for contacts that no longer exist. */
final class OutboxRoutes {
    private final Outbox outbox;
    private final Contacts contacts;

    OutboxRoutes(Panocrypt panocrypt) {
        this.outbox = panocrypt.outbox();
        this.contacts = panocrypt.contacts();
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.of("GET", "/outbox", Role.VIEWER, this::status),
                ApiRoute.of(
                        "GET", "/outbox/dead-letters", Role.ADMIN, this::deadLetters, ApiQuery.CURSOR, ApiQuery.LIMIT),
                ApiRoute.of("GET", "/outbox/failing", Role.ADMIN, this::failing),
                ApiRoute.of("POST", "/outbox/retry", Role.ADMIN, request -> each(request, outbox::retry)),
                ApiRoute.of("POST", "/outbox/drop", Role.ADMIN, request -> each(request, outbox::drop)),
                ApiRoute.of("GET", "/closed-contacts", Role.ADMIN, this::closed, ApiQuery.CURSOR, ApiQuery.LIMIT),
                ApiRoute.of("DELETE", "/closed-contacts/{id}", Role.ADMIN, this::reopen));
    }

    private ApiReply status(ApiRequest request) {
        return ApiReply.ok(NoticeViews.outbox(outbox.status()));
    }

    private ApiReply failing(ApiRequest request) {
        ObjectNode view = ApiJson.object();
        outbox.failing().stream().map(NoticeViews::failing).forEach(view.putArray("items")::add);
        return ApiReply.ok(view);
    }

    private ApiReply deadLetters(ApiRequest request) {
        return ApiReply.ok(ApiViews.page(
                outbox.deadLetters(request.query().cursor(), request.query().limit()), NoticeViews::deadLetter));
    }

    /** Runs an action on the id in the body; this id is not fit for a path segment. */
    private static ApiReply each(ApiRequest request, BiConsumer<Actor, String> act) {
        ApiBody body = request.body();
        body.require("id");
        String id = body.text("id");
        body.finish();
        act.accept(request.actor(), Objects.requireNonNull(id));
        return ApiReply.done();
    }

    private ApiReply closed(ApiRequest request) {
        return ApiReply.ok(ApiViews.page(
                contacts.closed(request.query().cursor(), request.query().limit()), NoticeViews::closed));
    }

    private ApiReply reopen(ApiRequest request) {
        contacts.reopen(request.actor(), request.id());
        return ApiReply.done();
    }
}
