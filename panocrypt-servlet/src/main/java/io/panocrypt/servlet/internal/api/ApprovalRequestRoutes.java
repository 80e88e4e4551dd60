package io.panocrypt.servlet.internal.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.Approvals;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.servlet.internal.http.ApiBody;
import io.panocrypt.servlet.internal.http.ApiQuery;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The routes for approval requests of waiting devices, and for decisions about them. */
final class ApprovalRequestRoutes {
    private static final String STATE = "state";
    /** The value of a denial's {@code scope} that makes it cover the whole device. */
    private static final String WHOLE_DEVICE = "device";

    private final Approvals approvals;

    ApprovalRequestRoutes(Panocrypt panocrypt) {
        this.approvals = panocrypt.approvals();
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.list("/requests", this::list, STATE),
                ApiRoute.of("GET", "/requests/{id}", Role.VIEWER, this::get),
                ApiRoute.of("POST", "/requests/{id}/approve", Role.APPROVER, this::approve),
                ApiRoute.of("POST", "/requests/{id}/deny", Role.APPROVER, this::deny),
                ApiRoute.of("POST", "/requests/{id}/defer", Role.APPROVER, this::defer));
    }

    private ApiReply list(ApiRequest request) {
        ApiQuery query = request.query();
        return ApiReply.ok(ApiViews.page(
                approvals.list(query.oneOf(STATE, ApprovalRequest.State.class), query.cursor(), query.limit()),
                this::view));
    }

    private ApiReply get(ApiRequest request) {
        return ApiReply.ok(view(approvals.get(request.id())));
    }

    private ApiReply approve(ApiRequest request) {
        ApiBody body = request.body();
        String comment = comment(body);
        List<IpAddress> sources = body.addresses("sources");
        body.finish();
        return ApiReply.ok(view(approvals.approve(
                request.member(), request.id(), comment, Objects.requireNonNullElse(sources, List.of()))));
    }

    private ApiReply deny(ApiRequest request) {
        ApiBody body = request.body();
        String comment = comment(body);
        String scope =
                body.one("scope", "must be device", text -> Optional.of(text).filter(WHOLE_DEVICE::equals));
        body.finish();
        return ApiReply.ok(view(approvals.deny(request.member(), request.id(), comment, scope != null)));
    }

    private ApiReply defer(ApiRequest request) {
        ApiBody body = request.body();
        String comment = comment(body);
        body.finish();
        return ApiReply.ok(view(approvals.defer(request.member(), request.id(), comment)));
    }

    private static String comment(ApiBody body) {
        return Objects.requireNonNullElse(body.text("comment"), "");
    }

    private ObjectNode view(ApprovalRequest request) {
        return ApiViews.approvalRequest(
                request, approvals.state(request), approvals.uses(request), approvals.approvers(request));
    }
}
