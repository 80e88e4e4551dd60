package io.panocrypt.policy;

import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.spi.PolicyStore;
import java.util.List;
import java.util.function.Predicate;

/** Ends requests whose approvals an edit cancels, so that votes cast before it never count after it. */
final class Withdrawal {
    private Withdrawal() {}

    /** The requests that decisions about that device look at. */
    static List<ApprovalRequest> ofDevice(PolicyStore store, String deviceId) {
        return found(store, deviceId);
    }

    /** The requests that decisions about any device look at. */
    static List<ApprovalRequest> ofAll(PolicyStore store) {
        return found(store, Records.OPEN);
    }

    private static List<ApprovalRequest> found(PolicyStore store, String term) {
        return PolicyCache.scanAll(store, Records.REQUEST, term).stream()
                .map(record -> Records.read(record, ApprovalRequest.class))
                .toList();
    }

    /** Adds the end of those requests to an edit; one that was collected stays as it is. */
    static void add(Editor.Draft draft, List<ApprovalRequest> requests, Predicate<ApprovalRequest> covered) {
        requests.stream()
                .filter(request -> request.state() == State.PENDING || request.state() == State.APPROVED)
                .filter(covered)
                .map(request -> request.withState(State.DENIED).withVersion(request.version() + 1))
                .forEach(request -> draft.put(Records.closed(request)));
    }
}
