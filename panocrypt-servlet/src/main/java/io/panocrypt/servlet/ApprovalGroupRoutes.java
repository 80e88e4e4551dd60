package io.panocrypt.servlet;

import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.Role;
import java.util.List;
import java.util.Objects;

/** The routes to who decides about which devices. */
final class ApprovalGroupRoutes {
    private static final String CONFIRM = "confirm";

    private final ApprovalGroups groups;

    ApprovalGroupRoutes(Panocrypt panocrypt) {
        this.groups = panocrypt.approvalGroups();
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.of("POST", "/approval-groups", Role.ADMIN, this::create),
                ApiRoute.list("/approval-groups", this::list),
                ApiRoute.of("GET", "/approval-groups/{id}", Role.VIEWER, this::get),
                ApiRoute.of("PATCH", "/approval-groups/{id}", Role.ADMIN, this::edit),
                // In the query: what stands between client and server may drop the body of a DELETE (RFC 9110 9.3.5).
                ApiRoute.of("DELETE", "/approval-groups/{id}", Role.ADMIN, this::delete, CONFIRM));
    }

    private ApiReply create(ApiRequest request) {
        ApiBody body = request.body();
        body.require("name");
        body.require("requiredTags");
        ApprovalGroups.Change wanted = change(body);
        body.finish();
        ApprovalGroup made = groups.create(request.actor(), wanted);
        return ApiReply.created(ApiViews.approvalGroup(made), made.version());
    }

    private ApiReply list(ApiRequest request) {
        return ApiReply.ok(ApiViews.page(
                groups.list(request.query().cursor(), request.query().limit()), ApiViews::approvalGroup));
    }

    private ApiReply get(ApiRequest request) {
        ApprovalGroup found = groups.get(request.id());
        return ApiReply.ok(ApiViews.approvalGroup(found), found.version());
    }

    private ApiReply edit(ApiRequest request) {
        long version = request.ifMatch();
        ApiBody body = request.body();
        ApprovalGroups.Change change = change(body);
        Boolean confirmed = body.flag(CONFIRM);
        body.finish();
        ApprovalGroup edited = groups.edit(
                request.actor(), request.id(), version, change, Objects.requireNonNullElse(confirmed, false));
        return ApiReply.ok(ApiViews.approvalGroup(edited), edited.version());
    }

    private ApiReply delete(ApiRequest request) {
        groups.delete(request.actor(), request.id(), request.query().flag(CONFIRM));
        return ApiReply.done();
    }

    private static ApprovalGroups.Change change(ApiBody body) {
        return new ApprovalGroups.Change(
                body.text("name"),
                ApiBody.set(body.texts("requiredTags")),
                ApiBody.set(body.ids("approvers")),
                body.count("quorum"));
    }
}
