package io.panocrypt.servlet.internal.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.Outbox;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.Webhooks;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.model.delivery.DeadNotices;
import io.panocrypt.servlet.internal.http.ApiBody;
import io.panocrypt.servlet.internal.http.ApiJson;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** The routes for webhooks, which notify the operators' own programs of events. */
final class WebhookRoutes {
    private final Webhooks webhooks;
    private final Outbox outbox;

    WebhookRoutes(Panocrypt panocrypt) {
        this.webhooks = panocrypt.webhooks();
        this.outbox = panocrypt.outbox();
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.of("POST", "/webhooks", Role.ADMIN, this::create),
                ApiRoute.list("/webhooks", this::list),
                ApiRoute.of("GET", "/webhooks/{id}", Role.VIEWER, this::get),
                ApiRoute.of("PATCH", "/webhooks/{id}", Role.ADMIN, this::edit),
                ApiRoute.of("DELETE", "/webhooks/{id}", Role.ADMIN, this::delete),
                ApiRoute.of("POST", "/webhooks/{id}/secret", Role.ADMIN, this::rotateSecret),
                ApiRoute.of("POST", "/webhooks/{id}/test", Role.ADMIN, this::test));
    }

    private ApiReply create(ApiRequest request) {
        ApiBody body = request.body();
        body.require("url");
        URI url = body.uri("url");
        Set<String> events = ApiBody.set(body.texts("events"));
        body.finish();
        Webhooks.Issued made = webhooks.create(
                request.actor(), Objects.requireNonNull(url), Objects.requireNonNullElse(events, Set.of()));
        return ApiReply.created(
                NoticeViews.webhook(made.webhook(), false, DeadNotices.NONE, request.member())
                        .put("secret", made.secret()),
                made.webhook().version());
    }

    private ApiReply list(ApiRequest request) {
        Function<Webhook, DeadNotices> dead = outbox.deadOfWebhooks();
        return ApiReply.ok(ApiViews.page(
                webhooks.list(request.query().cursor(), request.query().limit()),
                webhook -> view(webhook, dead, request)));
    }

    private ObjectNode view(Webhook webhook, ApiRequest request) {
        return view(webhook, outbox.deadOfWebhooks(), request);
    }

    private ObjectNode view(Webhook webhook, Function<Webhook, DeadNotices> dead, ApiRequest request) {
        return NoticeViews.webhook(webhook, webhooks.isClosed(webhook), dead.apply(webhook), request.member());
    }

    private ApiReply get(ApiRequest request) {
        Webhook found = webhooks.get(request.id());
        return ApiReply.ok(view(found, request), found.version());
    }

    private ApiReply edit(ApiRequest request) {
        long version = request.ifMatch();
        ApiBody body = request.body();
        URI url = body.uri("url");
        Set<String> events = ApiBody.set(body.texts("events"));
        body.finish();
        Webhook edited = webhooks.edit(request.actor(), request.id(), version, url, events);
        return ApiReply.ok(view(edited, request), edited.version());
    }

    private ApiReply delete(ApiRequest request) {
        webhooks.delete(request.actor(), request.id());
        return ApiReply.done();
    }

    private ApiReply rotateSecret(ApiRequest request) {
        request.expectNothing();
        Webhooks.Issued issued = webhooks.rotateSecret(request.actor(), request.id());
        return ApiReply.ok(ApiJson.object().put("id", issued.webhook().id()).put("secret", issued.secret()));
    }

    private ApiReply test(ApiRequest request) {
        request.expectNothing();
        return ApiReply.ok(NoticeViews.delivery(webhooks.test(request.actor(), request.id())));
    }
}
