package io.panocrypt.policy.internal.event;

import io.panocrypt.policy.internal.outbox.WakeUp;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.spi.store.OutboxEntry;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * Creates outbox entries for events, to be committed together with what caused them.
 *
 * <p>Without a notifier it creates none, since nobody would ever process them. Thread-safe.
 */
public final class OutboxEntries {
    /** The topic of entries with a {@link DomainEvent}; its recipients are determined when the entry is processed. */
    public static final String EVENT = "event";
    /** The topic of entries after edits that may have created an approver. */
    public static final String APPROVERS = "approvers";
    /** The topic of entries with one notice for one contact. */
    public static final String NOTICE = "notice";

    /** Device names in a notice; further devices are only counted. */
    private static final int MAX_NAMES = 5;

    private final boolean enabled;
    private final IdGenerator ids;
    private final WakeUp wakeUp;

    /** @param enabled whether there is a notifier */
    public OutboxEntries(boolean enabled, IdGenerator ids, WakeUp wakeUp) {
        this.enabled = enabled;
        this.ids = ids;
        this.wakeUp = wakeUp;
    }

    public boolean isEnabled() {
        return enabled;
    }

    /** Makes the dispatcher look for new entries at once. */
    public void wakeDispatcher() {
        wakeUp.signal();
    }

    public List<OutboxEntry> of(DomainEvent event) {
        return enabled ? List.of(entry(event)) : List.of();
    }

    public static OutboxEntry entry(DomainEvent event) {
        return new OutboxEntry("event:" + event.key(), EVENT, "event:" + event.subject(), Json.write(event));
    }

    /** The entry for a request that people, or an edit, have decided. */
    public List<OutboxEntry> decided(EventType type, Device device, ApprovalRequest request, Actor actor, Instant now) {
        return of(DomainEvent.of(ids.next(), type, now)
                .about(device)
                .about(request)
                .by(actor));
    }

    /** The entry after an edit that may have created an approver, who is then notified of pending requests. */
    public List<OutboxEntry> approversMayHaveChanged() {
        return enabled ? List.of(new OutboxEntry("approvers:" + ids.next(), APPROVERS, "{}")) : List.of();
    }

    /** The entry after an edit that removes approval from devices; none if there are no such devices. */
    public List<OutboxEntry> approvalRemoved(
            List<Device> losing, Collection<String> formerApprovers, Actor actor, Instant now) {
        if (losing.isEmpty()) {
            return List.of();
        }
        String names = String.join(
                ", ",
                losing.stream().map(Device::name).sorted().limit(MAX_NAMES).toList());
        String rest = losing.size() > MAX_NAMES ? " and " + (losing.size() - MAX_NAMES) + " more" : "";
        DomainEvent removed = DomainEvent.of(ids.next(), EventType.APPROVAL_REMOVED, now)
                .by(actor)
                .concerning(List.copyOf(formerApprovers))
                .saying(names + rest);
        return of(losing.size() == 1 ? removed.about(losing.get(0)) : removed);
    }
}
