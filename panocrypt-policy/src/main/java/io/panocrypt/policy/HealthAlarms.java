package io.panocrypt.policy;

import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.model.IpAddress;
import io.panocrypt.policy.spi.OutboxStore;
import io.panocrypt.policy.spi.StoreException;
import java.time.Instant;
import java.util.Optional;

/** What administrators are told of the service itself. Thread-safe. */
final class HealthAlarms {
    private static final System.Logger LOG = System.getLogger(HealthAlarms.class.getName());

    private final Editor editor;
    private final OutboxStore store;
    private final AlarmMemory alarms;

    HealthAlarms(Editor editor, OutboxStore store, AlarmMemory alarms) {
        this.editor = editor;
        this.store = store;
        this.alarms = alarms;
    }

    void forwardingHeader(IpAddress peer) {
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
                    .of(Occurrence.of(key.get(), EventType.HEALTH_FORWARDING_HEADER, now)
                            .from(Optional.of(peer.toString()))));
            alarms.raised(subject, site, now);
            editor.events().nudge();
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.WARNING, "nobody is told of a forwarding header: the store failed", e);
        }
    }
}
