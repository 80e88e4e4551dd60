package io.panocrypt.servlet.internal.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.Backups;
import io.panocrypt.policy.Fence;
import io.panocrypt.policy.History;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.backup.FenceStatus;
import io.panocrypt.servlet.internal.http.ApiBody;
import io.panocrypt.servlet.internal.http.ApiJson;
import java.util.List;
import java.util.Objects;

/** The routes for backups, and for the fence of a store that was restored from one. */
final class BackupRoutes {
    private final Backups backups;
    private final Fence fence;
    private final History history;

    BackupRoutes(Panocrypt panocrypt) {
        this.backups = panocrypt.backups();
        this.fence = panocrypt.fence();
        this.history = panocrypt.history();
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.of("POST", "/backup", Role.ADMIN, this::backup),
                ApiRoute.of("GET", "/fence", Role.VIEWER, this::show),
                ApiRoute.of("DELETE", "/fence", Role.ADMIN, this::lift));
    }

    private ApiReply backup(ApiRequest request) {
        request.expectNothing();
        return ApiReply.file(out -> backups.write(request.actor(), out));
    }

    private ApiReply show(ApiRequest request) {
        return ApiReply.ok(view(fence.find().orElseThrow(() -> OperationException.notFound("fence"))));
    }

    private ApiReply lift(ApiRequest request) {
        ApiBody body = request.body();
        body.require("confirm");
        String id = body.text("confirm");
        body.finish();
        fence.lift(request.actor(), Objects.requireNonNull(id));
        return ApiReply.done();
    }

    private ObjectNode view(FenceStatus status) {
        ObjectNode view = ApiJson.object()
                .put("id", status.backupId())
                .put("backupTime", status.backupTime().toString())
                .put("restored", status.restored().toString());
        ArrayNode heads = view.putArray("heads");
        status.heads()
                .forEach(head -> heads.addObject()
                        .put("chain", head.chain())
                        .put("sequence", head.sequence())
                        .put("hash", head.hash()));
        view.put("openGrants", status.openGrants()).put("openRequests", status.openRequests());
        ArrayNode grants = view.putArray("grants");
        status.grants()
                .forEach(grant -> grants.addObject()
                        .put("device", grant.deviceId())
                        .put("usesLeft", grant.usesLeft())
                        .put("expires", grant.expires().toString()));
        view.set("checkpointKey", ApiJson.parseOwn(history.checkpointKey().toJson()));
        return view;
    }
}
