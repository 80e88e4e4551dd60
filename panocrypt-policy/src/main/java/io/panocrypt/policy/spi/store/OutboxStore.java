package io.panocrypt.policy.spi.store;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps work to be done after a write, and lets nodes share it.
 *
 * <p>Entries come in with a {@link Store#write}. An entry waits until it is done or dead. A node leases entries that are due and settles each of them; a lease that
 * ends unsettled makes the entry due again. An entry whose id is already stored changes nothing, in whatever state the
 * stored one is: this is how writers make sure that a notice exists once. Time is the store's. Implementations are
 * thread-safe. Every method may throw {@link StoreException}; the outcome of a write is then unknown, and it may be
 * repeated. {@code StoreContract} in the testkit checks the rules.
 */
public interface OutboxStore {
    /** Entries that are neither done nor dead, oldest first, at most this many. */
    List<OutboxEntry> waiting(int limit);

    /**
     * Leases entries that are due: no other node gets them before the lease ends.
     *
     * @param lease identifies this lease; never used twice
     * @param length how long it lasts, to the millisecond
     * @param limit maximum number of entries, 1 to 1,000
     * @return those that have been due longest, the oldest first among equals; of a lane, only its oldest
     */
    List<LeasedEntry> lease(String lease, Duration length, int limit);

    /**
     * Settles a leased entry, all or nothing, durably. A lease that has ended still works until another one takes the
     * entry.
     *
     * @return false, and nothing has happened, if this lease does not hold the entry: another one does, or it is
     *     settled
     */
    boolean settle(String lease, String entryId, Settlement settlement);

    /** The backlog, for monitoring. */
    OutboxStatus outboxStatus();

    /**
     * Dead letters, oldest first.
     *
     * @param after only entries that were accepted after this one; null from the oldest
     * @param limit maximum number of entries, 1 to 1,000
     */
    List<DeadEntry> deadLetters(@Nullable String after, int limit);

    /**
     * Makes a dead letter wait again: due at once, its attempts counted from 0.
     *
     * @return false if there is no such dead letter
     */
    boolean reviveDeadLetter(String entryId);

    /**
     * Marks a dead letter as done.
     *
     * @return false if there is no such dead letter
     */
    boolean dropDeadLetter(String entryId);

    /**
     * Removes entries that have been done or dead for longer than that, their ids included.
     *
     * @param age to the millisecond
     * @return how many
     */
    int purgeOutbox(Duration age);
}
