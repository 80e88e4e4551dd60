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
 * Puts what happens into entries of the outbox, to be kept in the commit or the edit that makes it happen.
 *
 * <p>Where no notifier is configured nobody would ever take these entries out again, so that none is made. Thread-safe.
 */
public final class OutboxEntries {
    /** The topic of entries that hold an {@link DomainEvent}: who is told of it is found out when it is their turn. */
    public static final String EVENT = "event";
    /** The topic of entries that say that somebody may have become an approver. */
    public static final String APPROVERS = "approvers";
    /** The topic of entries that hold one notice to one contact. */
    public static final String NOTICE = "notice";

    /** Names of devices that a notice lists; of the others only the number. */
    private static final int MAX_NAMES = 5;

    private final boolean told;
    private final IdGenerator ids;
    private final WakeUp bell;

    /** @param told whether anybody is told of anything */
    public OutboxEntries(boolean told, IdGenerator ids, WakeUp bell) {
        this.told = told;
        this.ids = ids;
        this.bell = bell;
    }

    public boolean areTold() {
        return told;
    }

    /** Lets the entries that were just committed be looked at soon. */
    public void nudge() {
        bell.ring();
    }

    public List<OutboxEntry> of(DomainEvent occurrence) {
        return told ? List.of(entry(occurrence)) : List.of();
    }

    public static OutboxEntry entry(DomainEvent occurrence) {
        return new OutboxEntry(
                "event:" + occurrence.key(), EVENT, "event:" + occurrence.subject(), Json.write(occurrence));
    }

    /** What people, or an edit of theirs, have made of a request. */
    public List<OutboxEntry> decided(EventType type, Device device, ApprovalRequest request, Actor actor, Instant now) {
        return of(DomainEvent.of(ids.next(), type, now)
                .about(device)
                .about(request)
                .by(actor));
    }

    /** Somebody may have become an approver who has not been told yet of the requests that wait. */
    public List<OutboxEntry> approversMayHaveChanged() {
        return told ? List.of(new OutboxEntry("approvers:" + ids.next(), APPROVERS, "{}")) : List.of();
    }

    /** An edit takes approval away from devices; nothing is told where there are none. */
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
