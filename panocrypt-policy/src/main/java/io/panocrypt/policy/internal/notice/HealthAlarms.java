package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.event.AlarmDeduplicator;
import io.panocrypt.policy.internal.event.DomainEvent;
import io.panocrypt.policy.internal.resilience.OutageLog;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.OutboxStore;
import io.panocrypt.policy.spi.store.StoreException;
import java.time.Instant;
import java.util.Optional;

/** What administrators are told of the service itself. Thread-safe. */
public final class HealthAlarms {
    private static final System.Logger LOG = System.getLogger(HealthAlarms.class.getName());

    private final PolicyEditor editor;
    private final OutboxStore store;
    private final AlarmDeduplicator alarms;

    public HealthAlarms(PolicyEditor editor, OutboxStore store, AlarmDeduplicator alarms) {
        this.editor = editor;
        this.store = store;
        this.alarms = alarms;
    }

    public void forwardingHeader(IpAddress peer) {
        if (!editor.events().areTold()) {
            return;
        }
        String subject = EventType.HEALTH_FORWARDING_HEADER.publicName();
        String site = peer.site().toString();
        Instant now = editor.now();
        Optional<String> key = alarms.key(subject, site, now);
        if (key.isEmpty()) {
            return;
        }
        try {
            store.enqueue(editor.events()
                    .of(DomainEvent.of(key.get(), EventType.HEALTH_FORWARDING_HEADER, now)
                            .from(Optional.of(peer.toString()))));
            alarms.raised(subject, site, now);
            editor.events().nudge();
        } catch (StoreException e) {
            OutageLog.logFailure(LOG, "nobody is told of a forwarding header", e);
        }
    }
}
