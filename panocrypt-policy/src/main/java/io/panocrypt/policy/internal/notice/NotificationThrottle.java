package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.internal.event.AlarmDeduplicator;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.SourceRule;
import io.panocrypt.policy.spi.store.PolicyStore;
import java.time.Instant;
import java.util.List;

/**
 * Which of the requests that a device opens are told, so that whoever lets them expire and opens them again cannot have any
 * number of notices sent: in an hour of the clock ten of strangers, and ten of each source that is registered or has
 * collected.
 *
 * <p>Reads it off the requests that the store keeps, so that all nodes come to the same answer. Thread-safe.
 */
public final class NotificationThrottle {
    static final int MAX = 10;

    /** Far more than are told. */
    private static final int SCAN = 1_000;

    private final PolicyStore store;

    public NotificationThrottle(PolicyStore store) {
        this.store = store;
    }

    /** What of a request is told. */
    enum Told {
        /** That it opened. */
        ITSELF,
        /** That there are many. */
        MANY
    }

    Told of(Device device, ApprovalRequest request) {
        boolean known = isKnown(device, request);
        long before = since(AlarmDeduplicator.startOfHour(request.since()), device).stream()
                .filter(other -> other.id().compareTo(request.id()) < 0)
                .filter(other -> known ? other.source().equals(request.source()) : !isKnown(device, other))
                .count();
        return before < MAX ? Told.ITSELF : Told.MANY;
    }

    private List<ApprovalRequest> since(Instant start, Device device) {
        // An identifier begins with the time of the node that made it; the commit may be a little later.
        String after = IdGenerator.lowest(start.minusSeconds(1));
        return store.scan(RecordMapper.REQUEST, RecordMapper.deviceTerm(device.id()), after, SCAN).stream()
                .flatMap(found -> RecordMapper.readIfReadable(found, ApprovalRequest.class).stream())
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
