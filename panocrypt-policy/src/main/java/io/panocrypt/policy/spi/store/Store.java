package io.panocrypt.policy.spi.store;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stores everything that a service keeps: the records that operators edit, the grants of devices, the journal that proves
 * decisions, and usually the outbox that notifies of them.
 *
 * <p>Implementations are thread-safe. Every method may throw {@link StoreException}, which for {@link #write} means that the
 * outcome is unknown; the same write may then be passed again. Every call ends at some time: see {@link #boundsItsCalls}.
 * The answers of the default methods without parameters never change, and need no database. {@code StoreContract} in the testkit checks the
 * rules.
 */
public interface Store {
    /** The most that a page is asked for. */
    int MAX_PAGE = 1_000;

    /** What a unique term begins with that is a name. */
    String NAME = "name:";

    /** The policy epoch: a number that grows with every write that {@linkplain StoreWrite#growsEpoch wants it}. */
    long epoch();

    /** The record with that id; empty if there is none. */
    Optional<PolicyRecord> get(String kind, String id);

    /** The record that holds that unique term; empty if there is none. */
    Optional<PolicyRecord> find(String kind, String uniqueTerm);

    /**
     * A page of the kind's records, by ascending id.
     *
     * @param term only records that hold this term; null for all
     * @param after only ids greater than this one; null from the first
     * @param limit maximum number of records, 1 to 1,000
     */
    List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit);

    /**
     * A page of the kind's records that have a unique term with a prefix, by ascending term in the order of the bytes in UTF-8.
     * A record that has several such terms comes once for each. Only terms that begin with {@value #NAME} are asked for, since
     * others may be secrets that no index should show; names of more than 128 bytes may be missing.
     *
     * <p>By default this reads all records of the kind, which takes long if there are many; a store with an index in that order
     * should use it.
     *
     * @param prefix {@value #NAME}, and what the names begin with, in the same case
     * @param after only terms greater than this one; null from the first
     * @param limit maximum number of records, 1 to 1,000
     */
    default List<PolicyRecord> scanByUniqueTerm(String kind, String prefix, @Nullable String after, int limit) {
        UniqueTermPage page = new UniqueTermPage(prefix, after, limit);
        String id = null;
        List<PolicyRecord> records;
        do {
            records = scan(kind, null, id, MAX_PAGE);
            for (PolicyRecord record : records) {
                page.add(record);
                id = record.id();
            }
        } while (records.size() == MAX_PAGE);
        return page.records();
    }

    /**
     * The state for a decision about the device whose record holds that unique term, read at one moment; empty if there is
     * none.
     */
    Optional<DecisionSnapshot> snapshot(String uniqueTerm);

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
     * Writes all of it or nothing; what was {@link WriteResult.Written} survives a crash at any moment.
     *
     * <p>Of any number of writes that spend a grant with k uses left, on any number of nodes, exactly k are written. After a
     * write has returned, no other one is written that was decided before it and requires what it changed: a record's
     * version, the epoch, or a grant.
     */
    WriteResult write(StoreWrite write);

    /**
     * How many journal entries one write takes beside one change of a record; any number by default, at least 10. The
     * service writes no more at once.
     */
    default int maxWriteEntries() {
        return Integer.MAX_VALUE;
    }

    /** The outbox; empty by default: the store keeps none, so the service notifies nobody and takes no notifiers. */
    default Optional<OutboxStore> outbox() {
        return Optional.empty();
    }

    /**
     * Whether {@link #restore} works; false by default: a backup of this store can then only be restored into another one.
     */
    default boolean restores() {
        return false;
    }

    /**
     * Writes records and journal rows of a backup as they are, also records of later versions than 1 and rows of other
     * nodes' chains. Called only for a store that serves nobody yet, by one caller, at most 1,000 of each at once.
     *
     * <p>A record replaces the stored one with its kind and id, whatever its version; later writes continue from its
     * version. A row whose chain has its sequence already changes nothing. The first row of a chain begins it, whatever its
     * sequence; then they come in order. Durable when it returns. After an exception a part may be written, and the same
     * call completes it.
     *
     * @throws UnsupportedOperationException if {@link #restores} is false
     */
    default void restore(List<PolicyRecord> records, List<JournalRow> rows) {
        throw new UnsupportedOperationException("this store cannot be restored into");
    }

    /**
     * Whether writes may truncate chains; false by default: the service then takes no {@code historyRetention} and never
     * removes history.
     */
    default boolean truncates() {
        return false;
    }

    /**
     * Whether each call of this store and of its outbox returns or throws within some seconds, whatever happens to the
     * database behind it; false by default.
     *
     * <p>The service calls such a store directly in the requesting thread, which is fastest. It calls any other store in
     * threads of its own, because it must be able to stop waiting for one that hangs. Those calls too must end at some time:
     * each that never does blocks one of 64 threads, and when none is left the service refuses until it is restarted.
     */
    default boolean boundsItsCalls() {
        return false;
    }
}
