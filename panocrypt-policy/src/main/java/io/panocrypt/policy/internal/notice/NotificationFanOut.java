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
import io.panocrypt.policy.spi.store.PolicyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes notices of events: one for each who is to be told by now, at each of their contacts.
 *
 * <p>A notice's id says what is told to whom, and a store takes no id in twice; so events may be expanded again whenever
 * somebody may have become an approver. Thread-safe.
 */
public final class NotificationFanOut {
    private final PolicyStore store;
    private final InstantSource clock;
    private final RecipientResolver recipients;
    private final NotificationThrottle openings;
    private final Duration pendingLife;

    /** @param pendingLife how long a request outlives its last attempt */
    public NotificationFanOut(
            PolicyStore store,
            InstantSource clock,
            RecipientResolver recipients,
            NotificationThrottle openings,
            Duration pendingLife) {
        this.store = store;
        this.clock = clock;
        this.recipients = recipients;
        this.openings = openings;
        this.pendingLife = pendingLife;
    }

    List<OutboxEntry> notices(DomainEvent what) {
        return what.types().stream().flatMap(type -> notices(type, what)).toList();
    }

    private Stream<OutboxEntry> notices(EventType type, DomainEvent what) {
        if (type == EventType.REQUEST_OPENED && isOneOfMany(what)) {
            DomainEvent many = what.withKey(what.deviceId().orElse("") + ":" + AlarmDeduplicator.hour(what.time()))
                    .saying(AlarmDeduplicator.endOfHour(what.time()).toString());
            return addressed(EventType.REQUEST_MANY, many);
        }
        return addressed(type, what);
    }

    private Stream<OutboxEntry> addressed(EventType type, DomainEvent what) {
        return recipients.of(type, what).stream().map(recipient -> new Notification(type, what, recipient).entry());
    }

    private boolean isOneOfMany(DomainEvent what) {
        Optional<Device> device = device(what.deviceId().orElse(""));
        Optional<ApprovalRequest> request = store.get(
                        RecordMapper.REQUEST, what.requestId().orElse(""))
                .map(found -> RecordMapper.read(found, ApprovalRequest.class));
        return device.isPresent()
                && request.isPresent()
                && openings.of(device.get(), request.get()) == NotificationThrottle.Told.MANY;
    }

    private Optional<Device> device(String id) {
        return store.get(RecordMapper.DEVICE, id).flatMap(found -> RecordMapper.readIfReadable(found, Device.class));
    }

    /**
     * The notices of every request that waits: new ones are those to whoever has become an approver.
     *
     * <p>As notices and not as events again, since these would need ids of their own.
     */
    List<OutboxEntry> noticesOfAllThatWait() {
        return PolicyCache.scanAll(store, RecordMapper.REQUEST, RecordMapper.OPEN).stream()
                .flatMap(found -> RecordMapper.readIfReadable(found, ApprovalRequest.class).stream())
                .filter(request -> request.stateAt(clock.instant(), pendingLife) == State.PENDING)
                .flatMap(request -> device(request.deviceId()).stream()
                        .map(device -> DomainEvent.of(request.id(), EventType.REQUEST_OPENED, request.since())
                                .about(device)
                                .about(request)))
                .flatMap(what -> notices(EventType.REQUEST_OPENED, what))
                .toList();
    }
}
