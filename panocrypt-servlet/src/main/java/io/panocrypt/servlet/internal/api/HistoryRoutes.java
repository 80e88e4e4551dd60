package io.panocrypt.servlet.internal.api;

import io.panocrypt.policy.History;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.history.HistoryFilter;
import java.util.List;

/** The routes for history and audit of all devices. */
final class HistoryRoutes {
    private final History history;

    HistoryRoutes(Panocrypt panocrypt) {
        this.history = panocrypt.history();
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.list("/history", this::unlocks, HistoryQuery.ofAttempts()),
                ApiRoute.list("/audit", this::audit, HistoryQuery.ofEdits()),
                // Viewers can read history and audit page by page, so they may export them: an export contains no more.
                ApiRoute.of("GET", "/history/export", Role.VIEWER, this::export, HistoryQuery.ofBoth()),
                ApiRoute.of("POST", "/history/verify", Role.VIEWER, this::verify));
    }

    private ApiReply unlocks(ApiRequest request) {
        return ApiReply.ok(ApiViews.page(
                history.searchUnlocks(
                        HistoryQuery.of(request.query()),
                        request.query().cursor(),
                        request.query().limit()),
                ApiViews::unlock));
    }

    private ApiReply audit(ApiRequest request) {
        return ApiReply.ok(ApiViews.page(
                history.searchAudit(
                        HistoryQuery.of(request.query()),
                        request.query().cursor(),
                        request.query().limit()),
                ApiViews::audit));
    }

    private ApiReply export(ApiRequest request) {
        HistoryFilter filter = HistoryQuery.of(request.query());
        return ApiReply.lines(request.query().isEmpty() ? history::export : out -> history.export(filter, out));
    }

    private ApiReply verify(ApiRequest request) {
        request.expectNothing();
        return ApiReply.ok(ApiViews.verification(history.verify(), history.checkpointKey()));
    }
}
