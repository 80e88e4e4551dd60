package io.panocrypt.servlet.internal.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.WireNamed;
import io.panocrypt.servlet.internal.http.ApiBody;
import io.panocrypt.servlet.internal.http.ApiQuery;
import java.util.List;
import java.util.function.Function;

/** The routes for approval groups, which say who decides about which devices. */
final class ApprovalGroupRoutes {
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
                ApiRoute.of("DELETE", "/approval-groups/{id}", Role.ADMIN, this::delete, ApiQuery.CONFIRM));
    }

    private ApiReply create(ApiRequest request) {
        ApiBody body = request.body();
        body.require("name");
        body.require("requiredTags");
        ApprovalGroups.Change wanted = change(body);
        boolean confirmed = body.isConfirmed();
        body.finish();
        ApprovalGroup made = groups.create(request.actor(), wanted, confirmed);
        return ApiReply.created(view(made), made.version());
    }

    private ApiReply list(ApiRequest request) {
        Function<ApprovalGroup, List<String>> warnings = groups.warnings();
        return ApiReply.ok(ApiViews.page(
                groups.list(request.query().cursor(), request.query().limit()),
                group -> ApiViews.approvalGroup(group, warnings.apply(group))));
    }

    private ApiReply get(ApiRequest request) {
        ApprovalGroup found = groups.get(request.id());
        return ApiReply.ok(view(found), found.version());
    }

    private ApiReply edit(ApiRequest request) {
        long version = request.ifMatch();
        ApiBody body = request.body();
        ApprovalGroups.Change change = change(body);
        boolean confirmed = body.isConfirmed();
        body.finish();
        ApprovalGroup edited = groups.edit(request.actor(), request.id(), version, change, confirmed);
        return ApiReply.ok(view(edited), edited.version());
    }

    private ObjectNode view(ApprovalGroup group) {
        return ApiViews.approvalGroup(group, groups.warnings().apply(group));
    }

    private ApiReply delete(ApiRequest request) {
        groups.delete(request.actor(), request.id(), request.query().flag(ApiQuery.CONFIRM));
        return ApiReply.done();
    }

    private static ApprovalGroups.Change change(ApiBody body) {
        return new ApprovalGroups.Change(
                body.text("name"),
                ApiBody.set(body.texts("requiredTags")),
                ApiBody.set(body.ids("approvers")),
                body.count("quorum"),
                body.one("proof", "must be none or signed", name -> WireNamed.parse(ApprovalGroup.Proof.class, name)));
    }
}
