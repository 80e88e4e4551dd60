package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.internal.event.AlarmDeduplicator;
import io.panocrypt.policy.internal.event.DomainEvent;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.Store;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Expands an event into notices: one for each present recipient, at each of their contacts.
 *
 * <p>A notice's id is derived from event and recipient, and a store accepts each id once. So events may be expanded again
 * whenever somebody may have become an approver. Thread-safe.
 */
public final class NotificationFanOut {
    private final Store store;
    private final InstantSource clock;
    private final RecipientResolver recipients;
    private final NotificationThrottle throttle;
    private final Duration pendingLife;

    /** @param pendingLife how long an approval request lives after its last attempt */
    public NotificationFanOut(
            Store store,
            InstantSource clock,
            RecipientResolver recipients,
            NotificationThrottle throttle,
            Duration pendingLife) {
        this.store = store;
        this.clock = clock;
        this.recipients = recipients;
        this.throttle = throttle;
        this.pendingLife = pendingLife;
    }

    List<OutboxEntry> notices(DomainEvent event) {
        return event.types().stream().flatMap(type -> notices(type, event)).toList();
    }

    private Stream<OutboxEntry> notices(EventType type, DomainEvent event) {
        if (type == EventType.REQUEST_OPENED && isThrottled(event)) {
            DomainEvent many = event.withKey(event.deviceId().orElse("") + ":" + AlarmDeduplicator.hour(event.time()))
                    .saying(AlarmDeduplicator.endOfHour(event.time()).toString());
            return notifications(EventType.REQUEST_MANY, many);
        }
        return notifications(type, event);
    }

    private Stream<OutboxEntry> notifications(EventType type, DomainEvent event) {
        return recipients.of(type, event).stream().map(recipient -> new Notification(type, event, recipient).entry());
    }

    private boolean isThrottled(DomainEvent event) {
        Optional<Device> device = device(event.deviceId().orElse(""));
        Optional<ApprovalRequest> request = store.get(
                        RecordMapper.REQUEST, event.requestId().orElse(""))
                .map(record -> RecordMapper.read(record, ApprovalRequest.class));
        return device.isPresent()
                && request.isPresent()
                && throttle.of(device.get(), request.get()) == NotificationThrottle.Notified.MANY;
    }

    private Optional<Device> device(String id) {
        return store.get(RecordMapper.DEVICE, id).flatMap(record -> RecordMapper.readIfReadable(record, Device.class));
    }

    /**
     * The notices of all pending requests; the store drops those that exist, so only new approvers are notified.
     *
     * <p>These are notices instead of events, because events would need new ids.
     */
    List<OutboxEntry> noticesOfPendingRequests() {
        return PolicyCache.scanAll(store, RecordMapper.REQUEST, RecordMapper.OPEN).stream()
                .flatMap(record -> RecordMapper.readIfReadable(record, ApprovalRequest.class).stream())
                .filter(request -> request.stateAt(clock.instant(), pendingLife) == State.PENDING)
                .flatMap(request -> device(request.deviceId()).stream()
                        .map(device -> DomainEvent.of(request.id(), EventType.REQUEST_OPENED, request.since())
                                .about(device)
                                .about(request)))
                .flatMap(event -> notices(EventType.REQUEST_OPENED, event))
                .toList();
    }
}
