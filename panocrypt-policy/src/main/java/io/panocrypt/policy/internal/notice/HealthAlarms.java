package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.internal.event.AlarmDeduplicator;
import io.panocrypt.policy.internal.event.DomainEvent;
import io.panocrypt.policy.internal.event.OutboxEntries;
import io.panocrypt.policy.internal.resilience.OutageLog;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Notifies administrators of problems of the service itself. Thread-safe. */
public final class HealthAlarms {
    private static final System.Logger LOG = System.getLogger(HealthAlarms.class.getName());

    private final Store store;
    private final InstantSource clock;
    private final OutboxEntries events;
    private final AlarmDeduplicator alarms;

    public HealthAlarms(Store store, InstantSource clock, OutboxEntries events, AlarmDeduplicator alarms) {
        this.store = store;
        this.clock = clock;
        this.events = events;
        this.alarms = alarms;
    }

    public void forwardingHeader(IpAddress peer) {
        if (!events.isEnabled()) {
            return;
        }
        String subject = EventType.HEALTH_FORWARDING_HEADER.wireName();
        String site = peer.site().toString();
        Instant now = clock.instant();
        Optional<String> key = alarms.key(subject, site, now);
        if (key.isEmpty()) {
            return;
        }
        try {
            DomainEvent event = DomainEvent.of(key.get(), EventType.HEALTH_FORWARDING_HEADER, now)
                    .from(Optional.of(peer.toString()));
            store.write(StoreWrite.of().enqueue(events.of(event)).build());
            alarms.raised(subject, site, now);
            events.wakeDispatcher();
        } catch (StoreException e) {
            OutageLog.logFailure(
                    LOG, "administrators could not be notified of a forwarding header from an untrusted peer", e);
        }
    }
}
