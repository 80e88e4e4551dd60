package io.panocrypt.policy;

import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.spi.OutboxEntry;

/** A notice to be sent to one contact, as the outbox keeps it. */
record Addressed(EventType type, Occurrence occurrence, Recipient recipient) {
    OutboxEntry entry() {
        return new OutboxEntry(
                recipient.noticeId(type, occurrence.key()),
                Events.NOTICE,
                recipient.lane(occurrence.subject()),
                Json.write(this));
    }
}
