package io.panocrypt.servlet.internal.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.EnrollmentKeys;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.EnrollmentKey;
import io.panocrypt.policy.model.EnrollmentKeyRequest;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.WireNamed;
import io.panocrypt.servlet.internal.http.ApiBody;
import io.panocrypt.servlet.internal.http.ApiQuery;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The routes for enrollment keys. */
final class EnrollmentKeyRoutes {
    private final EnrollmentKeys keys;

    EnrollmentKeyRoutes(Panocrypt panocrypt) {
        this.keys = panocrypt.enrollmentKeys();
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.of("POST", "/enrollment-keys", Role.ADMIN, this::create),
                ApiRoute.of("GET", "/enrollment-keys", Role.ADMIN, this::list, ApiQuery.CURSOR, ApiQuery.LIMIT),
                ApiRoute.of("GET", "/enrollment-keys/{id}", Role.ADMIN, this::get),
                ApiRoute.of("DELETE", "/enrollment-keys/{id}", Role.ADMIN, this::revoke));
    }

    private ApiReply create(ApiRequest request) {
        ApiBody body = request.body();
        body.require("name");
        DeviceChange device = DeviceRoutes.change(body);
        EnrollmentKeyRequest wanted = new EnrollmentKeyRequest(
                Objects.requireNonNullElse(device.name(), ""),
                device,
                body.count("uses"),
                body.duration("expiresIn"),
                body.flag("registerSource"),
                body.one("initialState", "must be active or pending", EnrollmentKeyRoutes::initialState));
        body.finish();
        EnrollmentKeys.Issued made = keys.create(request.actor(), wanted);
        return ApiReply.created(
                view(made.key()).put("secret", made.secret()), made.key().version());
    }

    private static Optional<DeviceState> initialState(String text) {
        return WireNamed.parse(DeviceState.class, text)
                .filter(state -> state == DeviceState.ACTIVE || state == DeviceState.PENDING);
    }

    private ApiReply list(ApiRequest request) {
        return ApiReply.ok(ApiViews.page(
                keys.list(request.query().cursor(), request.query().limit()), this::view));
    }

    private ApiReply get(ApiRequest request) {
        EnrollmentKey found = keys.get(request.id());
        return ApiReply.ok(view(found), found.version());
    }

    private ApiReply revoke(ApiRequest request) {
        keys.revoke(request.actor(), request.id());
        return ApiReply.done();
    }

    private ObjectNode view(EnrollmentKey key) {
        return ApiViews.enrollmentKey(key, keys.warnings(key));
    }
}
