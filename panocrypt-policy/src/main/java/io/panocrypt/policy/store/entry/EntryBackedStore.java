package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DeadEntry;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.EditResult;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalCut;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
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
public final class EntryBackedStore implements PolicyStore, DecisionStore {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** The head of the chain, and a record with some terms. */
    private static final int KEYS_OF_A_NOTE = 8;

    /** More acts than a write can hold keys for. */
    private static final int MAX_ACTS = 64;

    private final EntryStore store;
    private final Records records;
    private final Snapshots snapshots;
    private final Journal journal;
    private final JournaledActs acts;
    private final Outbox outbox;
    private final Housekeeping housekeeping;

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
        NodeWriter writer = new NodeWriter(entries, timeout, journal::touch, MAX_ACTS);
        this.acts = new JournaledActs(journal, writer);
        this.outbox = new Outbox(entries, new NodeWriter(entries, timeout, write -> {}, 1));
        this.housekeeping = new Housekeeping(entries, writer, journal);
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
    public EditResult apply(PolicyEdit edit) {
        return acts.apply(edit);
    }

    @Override
    public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
        return snapshots.of(uniqueTerm);
    }

    @Override
    public CommitResult commit(DecisionCommit commit) {
        return acts.commit(commit);
    }

    @Override
    public void append(JournalEntry entry) {
        acts.note(List.of(entry), List.of());
    }

    @Override
    public CommitResult note(List<JournalEntry> entries, List<PolicyEdit.Change> changes) {
        return acts.note(entries, changes);
    }

    /** As many as fit into one write of the entry store: 23 by default. */
    @Override
    public int maxNoteEntries() {
        return (store.maxBatch() - KEYS_OF_A_NOTE) / Journal.KEYS_OF_A_ROW;
    }

    @Override
    public CommitResult cut(JournalCut cut) {
        CommitResult result = acts.cut(cut);
        housekeeping.runIfPossible();
        return result;
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
    public List<OutboxEntry> outbox(int limit) {
        return outbox.outbox(limit);
    }

    @Override
    public void enqueue(List<OutboxEntry> entries) {
        outbox.enqueue(entries);
    }

    @Override
    public List<LeasedEntry> lease(String lease, Duration length, int limit) {
        return outbox.lease(lease, length, limit);
    }

    @Override
    public boolean settle(String lease, String entryId, Settlement settlement) {
        return outbox.settle(lease, entryId, settlement);
    }

    @Override
    public OutboxStatus outboxStatus() {
        return outbox.outboxStatus();
    }

    @Override
    public List<DeadEntry> deadLetters(@Nullable String after, int limit) {
        return outbox.deadLetters(after, limit);
    }

    @Override
    public boolean reviveDeadLetter(String entryId) {
        return outbox.reviveDeadLetter(entryId);
    }

    @Override
    public boolean dropDeadLetter(String entryId) {
        return outbox.dropDeadLetter(entryId);
    }

    @Override
    public int purgeOutbox(Duration age) {
        int purged = outbox.purgeOutbox(age);
        housekeeping.run();
        return purged;
    }
}
