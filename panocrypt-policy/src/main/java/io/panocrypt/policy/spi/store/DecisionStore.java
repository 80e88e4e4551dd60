package io.panocrypt.policy.spi.store;

import java.util.List;
import java.util.Optional;

/**
 * Makes decisions real: one snapshot to decide from, one commit that spends, the journal that proves it, and
 * the outbox that tells of it.
 *
 * <p>Implementations are thread-safe. Every method may throw {@link StoreException}, which for {@link #commit},
 * {@link #append}, {@link #note} and {@link #cut} means that the outcome is unknown; the same entry may then be handed in
 * again. However late, every call ends: see {@link #boundsItsCalls}. {@code DecisionStoreContract} in the testkit holds the rules.
 */
public interface DecisionStore extends OutboxStore {
    /** What is needed to decide about the device whose record holds that unique term, read at one moment. */
    Optional<DecisionSnapshot> snapshot(String uniqueTerm);

    /**
     * Commits a decision, all or nothing. Of any number of commits that spend a grant with k uses left, on any number of
     * nodes, exactly k are {@link CommitResult#COMMITTED}; what was committed survives a crash at any moment.
     */
    CommitResult commit(DecisionCommit commit);

    /** Appends an entry to this node's chain, durably; an entry whose id is there already changes nothing. */
    void append(JournalEntry entry);

    /**
     * Writes down what a node has counted, all or nothing and durably: appends the entries to this node's chain, and makes
     * the changes, each of which must replace the version that it names. No decision stands behind it, so that neither
     * policy nor grants are looked at.
     *
     * @return {@link CommitResult#CONFLICT}, and nothing has happened, where a change cannot be made; {@link
     *     CommitResult#COMMITTED} too where the entries are there already
     */
    CommitResult note(List<JournalEntry> entries, List<PolicyEdit.Change> changes);

    /**
     * Removes a chain's oldest rows, keeps the record that stands for them and appends the entry to this node's chain, all
     * or nothing and durably. The last row of a chain always stays: the next one grows from it.
     *
     * @return {@link CommitResult#CONFLICT}, and nothing has happened, where the chain has no such row, none follows it, or
     *     the record cannot be written; {@link CommitResult#COMMITTED} too where the entry is there already
     */
    CommitResult cut(JournalCut cut);

    /** The device's grants that have uses left, are not cancelled and have not expired, by ascending id. */
    List<Grant> grants(String deviceId);

    /** Rows of the journal, newest first. */
    List<JournalRow> journal(JournalQuery query);

    /**
     * Rows of one chain in the order of their sequence.
     *
     * @param after only sequences greater than this
     * @param limit at most so many, 1 to 1,000
     */
    List<JournalRow> chain(String chain, long after, int limit);

    /** The head of every chain, by ascending name. */
    List<ChainHead> heads();

    /**
     * Whether each call of this store, and of the {@link PolicyStore} that it also is, answers or throws within some
     * seconds, whatever becomes of what is behind it; false unless overridden. The answer never changes.
     *
     * <p>The service calls such a store in the thread of whoever asks, which is as fast as it gets. It calls any other store in
     * threads of its own, so that it can stop waiting for one that hangs. Those calls too must end some day: each that never
     * does keeps one of 64 threads, and when none is left the service refuses until it is started again.
     */
    default boolean boundsItsCalls() {
        return false;
    }
}
