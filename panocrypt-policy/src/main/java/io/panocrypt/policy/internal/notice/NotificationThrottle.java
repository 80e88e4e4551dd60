package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.internal.event.AlarmDeduplicator;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.SourceRule;
import io.panocrypt.policy.spi.store.Store;
import java.time.Instant;
import java.util.List;

/**
 * Limits notifications of opened requests, so that nobody can flood approvers by letting requests expire and opening new
 * ones. Each clock hour a device has ten for all unknown sources together, and ten for each source that is registered or has
 * collected.
 *
 * <p>The answer depends only on stored requests, so all nodes agree. Thread-safe.
 */
public final class NotificationThrottle {
    static final int MAX = 10;

    /** Far more than are notified. */
    private static final int SCAN = 1_000;

    private final Store store;

    public NotificationThrottle(Store store) {
        this.store = store;
    }

    /** What approvers are notified of. */
    enum Notified {
        /** That the request opened. */
        ITSELF,
        /** That there are many requests. */
        MANY
    }

    Notified of(Device device, ApprovalRequest request) {
        boolean known = isKnown(device, request);
        long before = since(AlarmDeduplicator.startOfHour(request.since()), device).stream()
                .filter(other -> other.id().compareTo(request.id()) < 0)
                .filter(other -> known ? other.source().equals(request.source()) : !isKnown(device, other))
                .count();
        return before < MAX ? Notified.ITSELF : Notified.MANY;
    }

    private List<ApprovalRequest> since(Instant start, Device device) {
        // Identifiers begin with the creating node's time, and commits may be a little later.
        String after = IdGenerator.lowest(start.minusSeconds(1));
        return store.scan(RecordMapper.REQUEST, RecordMapper.deviceTerm(device.id()), after, SCAN).stream()
                .flatMap(record -> RecordMapper.readIfReadable(record, ApprovalRequest.class).stream())
                .filter(other -> !other.since().isBefore(start))
                .toList();
    }

    private static boolean isKnown(Device device, ApprovalRequest request) {
        return request.collectedAt().isPresent()
                || device.sources().stream()
                        .filter(SourceRule::registered)
                        .anyMatch(rule -> rule.cidr().contains(request.source()));
    }
}
