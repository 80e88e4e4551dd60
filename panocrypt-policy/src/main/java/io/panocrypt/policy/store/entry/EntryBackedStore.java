package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.OutboxStore;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A whole store made from the four verbs of an {@link EntryStore}. Several nodes may share one, each with a name of its own.
 *
 * <p>Every act is one write, which depends on the versions of all that it has read. If another node comes first, it is made
 * again from what is stored then, until a timeout of 10 s; after that it is a {@link StoreRejectedException}. Acts that wait on one node share a write. If the entry
 * store does not know whether a write has happened, it is made again under the same conditions, which shows whether it has.
 * If that fails until the timeout, the outcome is unknown, and it is a {@link StoreException}.
 *
 * <p>What does not fit into one write of {@link EntryStore#maxBatch} keys, or into one value, is refused as input: an edit
 * with too many terms, or a device with so many open grants that they take more than {@value EntryStore#MAX_VALUE_BYTES}
 * bytes together. A grant can be spent as long after its end as one write takes.
 *
 * <p>Thread-safe. It holds nothing open: the entry store is closed by its owner.
 */
public final class EntryBackedStore implements Store {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** The head of the chain, and a record with some terms. */
    private static final int OTHER_KEYS = 8;

    /** More acts than a write can hold keys for. */
    private static final int MAX_ACTS = 64;

    private final EntryStore store;
    private final Records records;
    private final Snapshots snapshots;
    private final Journal journal;
    private final NodeWriter writer;
    private final Housekeeping housekeeping;
    private final Outbox outbox;

    /**
     * A node's view of that store.
     *
     * @param node the name of the node's chain; no other process may use it at the same time
     */
    public EntryBackedStore(EntryStore store, String node) {
        this(store, node, TIMEOUT);
    }

    /**
     * Like {@link #EntryBackedStore(EntryStore, String) the other one}, with another timeout.
     *
     * @param timeout after which a write is not made again; default 10 s
     */
    public EntryBackedStore(EntryStore store, String node, Duration timeout) {
        Entries entries = new Entries(store);
        this.store = store;
        this.records = new Records(entries);
        this.snapshots = new Snapshots(entries, records);
        this.journal = new Journal(entries, node);
        this.writer = new NodeWriter(entries, timeout, journal::touch, MAX_ACTS);
        this.housekeeping = new Housekeeping(entries, writer, journal);
        this.outbox = new Outbox(entries, new NodeWriter(entries, timeout, write -> {}, 1), housekeeping);
    }

    @Override
    public long epoch() {
        return snapshots.epoch();
    }

    @Override
    public Optional<PolicyRecord> get(String kind, String id) {
        return records.get(kind, id);
    }

    @Override
    public Optional<PolicyRecord> find(String kind, String uniqueTerm) {
        return records.find(kind, uniqueTerm);
    }

    @Override
    public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
        return records.scan(kind, term, after, limit);
    }

    @Override
    public List<PolicyRecord> scanByUniqueTerm(String kind, String prefix, @Nullable String after, int limit) {
        return records.scanByUniqueTerm(kind, prefix, after, limit);
    }

    @Override
    public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
        return snapshots.of(uniqueTerm);
    }

    @Override
    public WriteResult write(StoreWrite write) {
        WriteResult result = writer.call(WriteAct.of(journal, write));
        if (write.truncation() != null) {
            housekeeping.runIfPossible();
        }
        return result;
    }

    /** As many as fit into one write of the entry store: 23 by default. */
    @Override
    public int maxWriteEntries() {
        return (store.maxBatch() - OTHER_KEYS) / Journal.KEYS_OF_A_ROW;
    }

    @Override
    public List<Grant> grants(String deviceId) {
        return snapshots.grants(deviceId);
    }

    @Override
    public List<JournalRow> journal(JournalQuery query) {
        return journal.newest(query);
    }

    @Override
    public List<JournalRow> chain(String chain, long after, int limit) {
        return journal.rows(chain, after, limit);
    }

    @Override
    public List<ChainHead> heads() {
        return journal.heads().stream().map(Journal.Head::head).toList();
    }

    /** As the entry store says. */
    @Override
    public boolean boundsItsCalls() {
        return store.boundsItsCalls();
    }

    @Override
    public Optional<OutboxStore> outbox() {
        return Optional.of(outbox);
    }

    @Override
    public boolean restores() {
        return true;
    }

    /** One write for each record, and for as many rows as fit into one. */
    @Override
    public void restore(List<PolicyRecord> records, List<JournalRow> rows) {
        records.forEach(record -> writer.call(RestoreAct.of(record)));
        for (int from = 0; from < rows.size(); from += maxWriteEntries()) {
            writer.call(RestoreAct.of(rows.subList(from, Math.min(rows.size(), from + maxWriteEntries()))));
        }
    }

    @Override
    public boolean truncates() {
        return true;
    }
}
