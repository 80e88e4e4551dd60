package io.panocrypt.servlet.internal.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.MasterKeys;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.MasterKeyStatus;
import io.panocrypt.policy.model.Role;
import io.panocrypt.servlet.internal.http.ApiJson;
import java.util.List;
import java.util.TreeSet;

/** The routes for the master key under which all keys are sealed. */
final class MasterKeyRoutes {
    private final MasterKeys masterKeys;

    MasterKeyRoutes(Panocrypt panocrypt) {
        this.masterKeys = panocrypt.masterKeys();
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.of("GET", "/master-key", Role.ADMIN, this::status),
                ApiRoute.of("POST", "/master-key/rewrap", Role.ADMIN, this::rewrap));
    }

    private ApiReply status(ApiRequest request) {
        return ApiReply.ok(view(masterKeys.status()));
    }

    private ApiReply rewrap(ApiRequest request) {
        request.body().finish();
        masterKeys.rewrap(request.actor());
        return status(request);
    }

    private static ObjectNode view(MasterKeyStatus status) {
        ObjectNode view = ApiJson.object()
                .put("fingerprint", status.fingerprint())
                .put("offered", status.offered())
                .put("settled", status.settled())
                .put("keys", status.keys())
                .put("remaining", status.remaining())
                .put(
                        "rewrapStarted",
                        status.rewrapStarted().map(Object::toString).orElse(null));
        status.previous().forEach(view.putArray("previous")::add);
        status.unusable().forEach(view.putArray("unusable")::add);
        ArrayNode nodes = view.putArray("nodes");
        for (MasterKeyStatus.Node node : status.nodes()) {
            ObjectNode one = nodes.addObject()
                    .put("id", node.id())
                    .put("seen", node.seen().toString());
            new TreeSet<>(node.fingerprints()).forEach(one.putArray("fingerprints")::add);
        }
        return view;
    }
}
