package io.panocrypt.policy.spi.store;

import java.util.List;
import java.util.Optional;

/**
 * Stores decisions: a snapshot to decide from, a commit that spends grants, the journal that proves it, and the outbox
 * that notifies of it.
 *
 * <p>Implementations are thread-safe. Every method may throw {@link StoreException}, which for {@link #commit}, {@link
 * #append}, {@link #note} and {@link #cut} means that the outcome is unknown; the same entry may then be passed again.
 * Every call ends at some time: see {@link #boundsItsCalls}. {@code DecisionStoreContract} in the testkit checks the
 * rules.
 */
public interface DecisionStore extends OutboxStore {
    /**
     * The state for a decision about the device whose record holds that unique term, read at one moment; empty if there
     * is none.
     */
    Optional<DecisionSnapshot> snapshot(String uniqueTerm);

    /**
     * Commits a decision, all or nothing. Of any number of commits that spend a grant with k uses left, on any number of
     * nodes, exactly k are {@link CommitResult#COMMITTED}; what was committed survives a crash at any moment.
     */
    CommitResult commit(DecisionCommit commit);

    /** Appends an entry to this node's chain, durably; an entry whose id is already there changes nothing. */
    void append(JournalEntry entry);

    /**
     * Records what a node has counted, all or nothing and durably: appends the entries to this node's chain and makes
     * the changes, each of which must replace the version that it names. This is no decision, so policy and grants are
     * not checked.
     *
     * @return {@link CommitResult#CONFLICT}, and nothing has happened, if a change cannot be made; {@link
     *     CommitResult#COMMITTED} also if the entries are already there
     */
    CommitResult note(List<JournalEntry> entries, List<PolicyEdit.Change> changes);

    /**
     * How many entries one {@link #note} takes beside one change of a record; any number by default, at least 10. The
     * service notes no more at once. Never changes.
     */
    default int maxNoteEntries() {
        return Integer.MAX_VALUE;
    }

    /**
     * Removes a chain's oldest rows, stores the record that replaces them and appends the entry to this node's chain,
     * all or nothing and durably. The last row of a chain always remains, because the next one is linked to it.
     *
     * @return {@link CommitResult#CONFLICT}, and nothing has happened, if the chain has no such row, no row follows it,
     *     or the record cannot be written; {@link CommitResult#COMMITTED} also if the entry is already there
     */
    CommitResult cut(JournalCut cut);

    /** The device's grants that have uses left, are not cancelled and have not expired, by ascending id. */
    List<Grant> grants(String deviceId);

    /** Journal rows, newest first. */
    List<JournalRow> journal(JournalQuery query);

    /**
     * Rows of one chain in the order of their sequence.
     *
     * @param after only sequences greater than this
     * @param limit maximum number of rows, 1 to 1,000
     */
    List<JournalRow> chain(String chain, long after, int limit);

    /** The head of every chain, by ascending name. */
    List<ChainHead> heads();

    /**
     * Whether each call of this store, and of the {@link PolicyStore} that it also is, returns or throws within some
     * seconds, whatever happens to the database behind it; false by default. The answer never changes.
     *
     * <p>The service calls such a store directly in the requesting thread, which is fastest. It calls any other store
     * in threads of its own, because it must be able to stop waiting for one that hangs. Those calls too must end at
     * some time: each that never does blocks one of 64 threads, and when none is left the service refuses until it is
     * restarted.
     */
    default boolean boundsItsCalls() {
        return false;
    }
}
