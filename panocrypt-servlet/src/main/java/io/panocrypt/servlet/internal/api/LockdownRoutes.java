package io.panocrypt.servlet.internal.api;

import io.panocrypt.policy.Lockdowns;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.Role;
import io.panocrypt.servlet.internal.http.ApiBody;
import java.util.List;
import java.util.Objects;

/** The routes for lockdowns, which stop unlocks in an incident. */
final class LockdownRoutes {
    private final Lockdowns lockdowns;

    LockdownRoutes(Panocrypt panocrypt) {
        this.lockdowns = panocrypt.lockdowns();
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.of("POST", "/lockdowns", Role.APPROVER, this::start),
                ApiRoute.list("/lockdowns", this::list),
                ApiRoute.of("GET", "/lockdowns/{id}", Role.VIEWER, this::get),
                ApiRoute.of("DELETE", "/lockdowns/{id}", Role.ADMIN, this::lift));
    }

    private ApiReply start(ApiRequest request) {
        ApiBody body = request.body();
        List<String> tags = body.texts("tags");
        body.require("reason");
        String reason = body.text("reason");
        body.finish();
        Lockdown made = lockdowns.start(
                request.actor(), Objects.requireNonNullElse(tags, List.of()), Objects.requireNonNull(reason));
        return ApiReply.created(ApiViews.lockdown(made), made.version());
    }

    private ApiReply list(ApiRequest request) {
        return ApiReply.ok(ApiViews.page(
                lockdowns.list(request.query().cursor(), request.query().limit()), ApiViews::lockdown));
    }

    private ApiReply get(ApiRequest request) {
        Lockdown found = lockdowns.get(request.id());
        return ApiReply.ok(ApiViews.lockdown(found), found.version());
    }

    private ApiReply lift(ApiRequest request) {
        lockdowns.lift(request.actor(), request.id());
        return ApiReply.done();
    }
}
