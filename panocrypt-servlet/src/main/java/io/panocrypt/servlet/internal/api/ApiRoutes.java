package io.panocrypt.servlet.internal.api;

import io.panocrypt.policy.Panocrypt;
import java.util.ArrayList;
import java.util.List;

/** The route table of the REST interface. */
public final class ApiRoutes {
    private ApiRoutes() {}

    /** Every route; no two routes with the same method match the same path. */
    public static List<ApiRoute> of(Panocrypt panocrypt) {
        List<ApiRoute> routes = new ArrayList<>();
        routes.addAll(new DeviceRoutes(panocrypt).routes());
        routes.addAll(new KeyRoutes(panocrypt).routes());
        routes.addAll(new GrantRoutes(panocrypt).routes());
        routes.addAll(new EnrollmentKeyRoutes(panocrypt).routes());
        routes.addAll(new NetworkAccessListRoutes(panocrypt).routes());
        routes.addAll(new LockdownRoutes(panocrypt).routes());
        routes.addAll(new MemberRoutes(panocrypt).routes());
        routes.addAll(new UserGroupRoutes(panocrypt).routes());
        routes.addAll(new ApprovalGroupRoutes(panocrypt).routes());
        routes.addAll(new ApprovalRequestRoutes(panocrypt).routes());
        routes.addAll(new HistoryRoutes(panocrypt).routes());
        routes.addAll(new ContactRoutes(panocrypt).routes());
        routes.addAll(new WebhookRoutes(panocrypt).routes());
        routes.addAll(new OutboxRoutes(panocrypt).routes());
        routes.addAll(new MasterKeyRoutes(panocrypt).routes());
        routes.addAll(new BackupRoutes(panocrypt).routes());
        return List.copyOf(routes);
    }
}
