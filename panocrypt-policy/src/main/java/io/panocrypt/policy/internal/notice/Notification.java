package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.internal.event.DomainEvent;
import io.panocrypt.policy.internal.event.OutboxEntries;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.spi.store.OutboxEntry;

/** A notice for one contact, as the outbox stores it. */
public record Notification(EventType type, DomainEvent occurrence, Recipient recipient) {
    OutboxEntry entry() {
        return new OutboxEntry(
                recipient.noticeId(type, occurrence.key()),
                OutboxEntries.NOTICE,
                recipient.lane(occurrence.subject()),
                Json.write(this));
    }
}
