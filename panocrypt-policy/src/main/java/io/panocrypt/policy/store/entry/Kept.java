package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.store.OutboxEntry;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An outbox entry that waits or is dead, as it is stored.
 *
 * @param position counts entries in the order in which they were handed in
 * @param due when it may be leased; of a dead letter, when it died
 * @param attempts how many leases counted
 * @param lease the latest lease, unless it is settled
 * @param cause why the latest attempt failed
 */
record Kept(
        long position,
        OutboxEntry entry,
        Instant created,
        Instant due,
        int attempts,
        @Nullable String lease,
        String cause) {
    static Kept first(long position, OutboxEntry entry, Instant created) {
        return new Kept(position, entry, created, created, 0, null, "");
    }

    Kept next(Instant nextDue, int nextAttempts, @Nullable String nextLease, String nextCause) {
        return new Kept(position, entry, created, nextDue, nextAttempts, nextLease, nextCause);
    }

    String waitingKey() {
        return Keys.waiting(position);
    }

    String deadKey() {
        return Keys.dead(position);
    }

    String dueKey() {
        return Keys.due(due.toEpochMilli(), position);
    }
}
