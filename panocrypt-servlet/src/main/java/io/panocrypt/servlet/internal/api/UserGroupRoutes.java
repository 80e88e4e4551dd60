package io.panocrypt.servlet.internal.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.UserGroups;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UserGroup;
import io.panocrypt.servlet.internal.http.ApiBody;
import io.panocrypt.servlet.internal.http.ApiQuery;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The routes for named sets of members. */
final class UserGroupRoutes {
    private final UserGroups groups;
    private final ApprovalGroups approvalGroups;

    UserGroupRoutes(Panocrypt panocrypt) {
        this.groups = panocrypt.userGroups();
        this.approvalGroups = panocrypt.approvalGroups();
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.of("POST", "/user-groups", Role.ADMIN, this::create),
                ApiRoute.list("/user-groups", this::list),
                ApiRoute.of("GET", "/user-groups/{id}", Role.VIEWER, this::get),
                ApiRoute.of("PATCH", "/user-groups/{id}", Role.ADMIN, this::edit),
                ApiRoute.of("DELETE", "/user-groups/{id}", Role.ADMIN, this::delete, ApiQuery.CONFIRM));
    }

    private ApiReply create(ApiRequest request) {
        ApiBody body = request.body();
        body.require("name");
        String name = body.text("name");
        Set<String> members = ApiBody.set(body.ids("members"));
        body.finish();
        UserGroup made = groups.create(
                request.actor(), Objects.requireNonNull(name), Objects.requireNonNullElse(members, Set.of()));
        return ApiReply.created(ApiViews.userGroup(made), made.version());
    }

    private ApiReply list(ApiRequest request) {
        return ApiReply.ok(ApiViews.page(
                groups.list(request.query().cursor(), request.query().limit()), ApiViews::userGroup));
    }

    private ApiReply get(ApiRequest request) {
        UserGroup found = groups.get(request.id());
        return ApiReply.ok(ApiViews.userGroup(found), found.version());
    }

    private ApiReply edit(ApiRequest request) {
        long version = request.ifMatch();
        ApiBody body = request.body();
        String name = body.text("name");
        Set<String> members = ApiBody.set(body.ids("members"));
        boolean confirmed = body.isConfirmed();
        body.finish();
        UserGroup edited = groups.edit(request.actor(), request.id(), version, name, members, confirmed);
        ObjectNode view = ApiViews.userGroup(edited);
        view.set("warnings", ApiViews.texts(approvalGroups.warningsAbout(edited.id())));
        return ApiReply.ok(view, edited.version());
    }

    private ApiReply delete(ApiRequest request) {
        groups.delete(request.actor(), request.id(), request.query().flag(ApiQuery.CONFIRM));
        return ApiReply.done();
    }
}
