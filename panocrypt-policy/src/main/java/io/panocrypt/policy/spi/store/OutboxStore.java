package io.panocrypt.policy.spi.store;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is to be done after a commit, and lets nodes share the work.
 *
 * <p>An entry waits until it is done or dead. A node leases entries that are due and settles each of them; a lease that
 * ends unsettled makes the entry due again. An entry whose id is kept already changes nothing, whatever has become of the
 * other; this is what lets writers name a notice so that it exists once. Time is the store's. Implementations are
 * thread-safe. Every method may throw {@link StoreException}; then the outcome of a write is unknown, and it may be
 * repeated. {@code DecisionStoreContract} in the testkit holds the rules.
 */
public interface OutboxStore {
    /** Entries that are neither done nor dead, oldest first, at most so many. */
    List<OutboxEntry> outbox(int limit);

    /** Keeps entries behind which no decision and no edit stands, all or nothing, durably. */
    void enqueue(List<OutboxEntry> entries);

    /**
     * Takes entries that are due for one node, which no other node gets before the lease ends.
     *
     * @param lease names this lease; never used twice
     * @param length how long it lasts, to the millisecond
     * @param limit at most so many, 1 to 1,000
     * @return those that have been due longest, of equal ones the oldest; of a lane never more than its oldest
     */
    List<LeasedEntry> lease(String lease, Duration length, int limit);

    /**
     * Settles a leased entry, all or nothing, durably. A lease that has ended serves until another one takes the entry.
     *
     * @return false, and nothing has happened, if the entry is not leased so: another node has it, or it is settled
     */
    boolean settle(String lease, String entryId, Settlement settlement);

    /** How far it lags behind. */
    OutboxStatus outboxStatus();

    /**
     * Dead letters, oldest first.
     *
     * @param after only entries that were taken in after this one; null from the oldest
     * @param limit at most so many, 1 to 1,000
     */
    List<DeadEntry> deadLetters(@Nullable String after, int limit);

    /**
     * Makes a dead letter wait again, due at once and untried.
     *
     * @return false if there is no such dead letter
     */
    boolean reviveDeadLetter(String entryId);

    /**
     * Makes a dead letter count as done.
     *
     * @return false if there is no such dead letter
     */
    boolean dropDeadLetter(String entryId);

    /**
     * Forgets entries that have been done or dead for longer than that, their ids included.
     *
     * @param age to the millisecond
     * @return how many
     */
    int purgeOutbox(Duration age);
}
