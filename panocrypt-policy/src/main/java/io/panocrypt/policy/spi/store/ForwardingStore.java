package io.panocrypt.policy.spi.store;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Forwards every call to another store and its outbox. Override methods to count or time calls, or to make them fail in a
 * test.
 *
 * <p>{@link #boundsItsCalls} is forwarded too, so a decorator adds no change of thread. Override it with false if your
 * additions may take long. No method calls another one of this object. As thread-safe as the other store, which stays
 * open: its owner closes it.
 */
public class ForwardingStore implements Store, OutboxStore {
    private final Store store;

    /** Forwards to that store. */
    public ForwardingStore(Store store) {
        this.store = store;
    }

    @Override
    public long epoch() {
        return store.epoch();
    }

    @Override
    public Optional<PolicyRecord> get(String kind, String id) {
        return store.get(kind, id);
    }

    @Override
    public Optional<PolicyRecord> find(String kind, String uniqueTerm) {
        return store.find(kind, uniqueTerm);
    }

    @Override
    public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
        return store.scan(kind, term, after, limit);
    }

    @Override
    public List<PolicyRecord> scanByUniqueTerm(String kind, String prefix, @Nullable String after, int limit) {
        return store.scanByUniqueTerm(kind, prefix, after, limit);
    }

    @Override
    public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
        return store.snapshot(uniqueTerm);
    }

    @Override
    public List<Grant> grants(String deviceId) {
        return store.grants(deviceId);
    }

    @Override
    public List<JournalRow> journal(JournalQuery query) {
        return store.journal(query);
    }

    @Override
    public List<JournalRow> chain(String chain, long after, int limit) {
        return store.chain(chain, after, limit);
    }

    @Override
    public List<ChainHead> heads() {
        return store.heads();
    }

    @Override
    public WriteResult write(StoreWrite write) {
        return store.write(write);
    }

    @Override
    public int maxWriteEntries() {
        return store.maxWriteEntries();
    }

    /** This object, if the other store keeps an outbox. */
    @Override
    public Optional<OutboxStore> outbox() {
        return store.outbox().map(kept -> this);
    }

    @Override
    public boolean restores() {
        return store.restores();
    }

    @Override
    public void restore(List<PolicyRecord> records, List<JournalRow> rows) {
        store.restore(records, rows);
    }

    @Override
    public boolean truncates() {
        return store.truncates();
    }

    @Override
    public boolean boundsItsCalls() {
        return store.boundsItsCalls();
    }

    private OutboxStore kept() {
        return store.outbox().orElseThrow(() -> new UnsupportedOperationException("the store keeps no outbox"));
    }

    @Override
    public List<OutboxEntry> waiting(int limit) {
        return kept().waiting(limit);
    }

    @Override
    public List<LeasedEntry> lease(String lease, Duration length, int limit) {
        return kept().lease(lease, length, limit);
    }

    @Override
    public boolean settle(String lease, String entryId, Settlement settlement) {
        return kept().settle(lease, entryId, settlement);
    }

    @Override
    public OutboxStatus outboxStatus() {
        return kept().outboxStatus();
    }

    @Override
    public List<DeadEntry> deadLetters(@Nullable String after, int limit) {
        return kept().deadLetters(after, limit);
    }

    @Override
    public boolean reviveDeadLetter(String entryId) {
        return kept().reviveDeadLetter(entryId);
    }

    @Override
    public boolean dropDeadLetter(String entryId) {
        return kept().dropDeadLetter(entryId);
    }

    @Override
    public int purgeOutbox(Duration age) {
        return kept().purgeOutbox(age);
    }
}
