package io.panocrypt.servlet.internal.api;

import io.panocrypt.policy.NetworkAccessLists;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.servlet.internal.http.ApiBody;
import java.util.List;
import java.util.Objects;

/** The routes for network access lists. */
final class NetworkAccessListRoutes {
    private final NetworkAccessLists lists;

    NetworkAccessListRoutes(Panocrypt panocrypt) {
        this.lists = panocrypt.networkAccessLists();
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.of("POST", "/network-access-lists", Role.ADMIN, this::create),
                ApiRoute.list("/network-access-lists", this::list),
                ApiRoute.of("GET", "/network-access-lists/{id}", Role.VIEWER, this::get),
                ApiRoute.of("PATCH", "/network-access-lists/{id}", Role.ADMIN, this::edit),
                ApiRoute.of("DELETE", "/network-access-lists/{id}", Role.ADMIN, this::delete));
    }

    private ApiReply create(ApiRequest request) {
        ApiBody body = request.body();
        body.require("name");
        String name = body.text("name");
        List<Cidr> cidrs = body.cidrs("cidrs");
        Boolean acknowledgeOpen = body.flag("acknowledgeOpen");
        body.finish();
        NetworkAccessList made = lists.create(
                request.actor(),
                Objects.requireNonNull(name),
                Objects.requireNonNullElse(cidrs, List.of()),
                Objects.requireNonNullElse(acknowledgeOpen, false));
        return ApiReply.created(ApiViews.networkAccessList(made), made.version());
    }

    private ApiReply list(ApiRequest request) {
        return ApiReply.ok(ApiViews.page(
                lists.list(request.query().cursor(), request.query().limit()), ApiViews::networkAccessList));
    }

    private ApiReply get(ApiRequest request) {
        NetworkAccessList found = lists.get(request.id());
        return ApiReply.ok(ApiViews.networkAccessList(found), found.version());
    }

    private ApiReply edit(ApiRequest request) {
        long version = request.ifMatch();
        ApiBody body = request.body();
        String name = body.text("name");
        List<Cidr> cidrs = body.cidrs("cidrs");
        Boolean acknowledgeOpen = body.flag("acknowledgeOpen");
        body.finish();
        NetworkAccessList edited = lists.edit(request.actor(), request.id(), version, name, cidrs, acknowledgeOpen);
        return ApiReply.ok(ApiViews.networkAccessList(edited), edited.version());
    }

    private ApiReply delete(ApiRequest request) {
        lists.delete(request.actor(), request.id());
        return ApiReply.done();
    }
}
