package io.panocrypt.policy.spi.store;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Forwards every call to another store. Override methods to count or time calls, or to make them fail in a test.
 *
 * <p>{@link #boundsItsCalls} is forwarded too, so a decorator adds no change of thread. Override it with false if your
 * additions may take long. No method calls another one of this object. As thread-safe as the other store, which stays
 * open: its owner closes it.
 */
public class ForwardingStore implements PolicyStore, DecisionStore {
    private final PolicyStore policies;
    private final DecisionStore decisions;

    /** Forwards to that store. */
    public <S extends PolicyStore & DecisionStore> ForwardingStore(S store) {
        this(store, store);
    }

    /** Forwards to two stores, which must be two halves of one, and makes them one object for a service. */
    public ForwardingStore(PolicyStore policies, DecisionStore decisions) {
        this.policies = policies;
        this.decisions = decisions;
    }

    @Override
    public long epoch() {
        return policies.epoch();
    }

    @Override
    public Optional<PolicyRecord> get(String kind, String id) {
        return policies.get(kind, id);
    }

    @Override
    public Optional<PolicyRecord> find(String kind, String uniqueTerm) {
        return policies.find(kind, uniqueTerm);
    }

    @Override
    public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
        return policies.scan(kind, term, after, limit);
    }

    @Override
    public EditResult apply(PolicyEdit edit) {
        return policies.apply(edit);
    }

    @Override
    public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
        return decisions.snapshot(uniqueTerm);
    }

    @Override
    public CommitResult commit(DecisionCommit commit) {
        return decisions.commit(commit);
    }

    @Override
    public void append(JournalEntry entry) {
        decisions.append(entry);
    }

    @Override
    public CommitResult note(List<JournalEntry> entries, List<PolicyEdit.Change> changes) {
        return decisions.note(entries, changes);
    }

    @Override
    public CommitResult cut(JournalCut cut) {
        return decisions.cut(cut);
    }

    @Override
    public List<Grant> grants(String deviceId) {
        return decisions.grants(deviceId);
    }

    @Override
    public List<JournalRow> journal(JournalQuery query) {
        return decisions.journal(query);
    }

    @Override
    public List<JournalRow> chain(String chain, long after, int limit) {
        return decisions.chain(chain, after, limit);
    }

    @Override
    public List<ChainHead> heads() {
        return decisions.heads();
    }

    @Override
    public int maxNoteEntries() {
        return decisions.maxNoteEntries();
    }

    @Override
    public boolean boundsItsCalls() {
        return decisions.boundsItsCalls();
    }

    @Override
    public List<OutboxEntry> outbox(int limit) {
        return decisions.outbox(limit);
    }

    @Override
    public void enqueue(List<OutboxEntry> entries) {
        decisions.enqueue(entries);
    }

    @Override
    public List<LeasedEntry> lease(String lease, Duration length, int limit) {
        return decisions.lease(lease, length, limit);
    }

    @Override
    public boolean settle(String lease, String entryId, Settlement settlement) {
        return decisions.settle(lease, entryId, settlement);
    }

    @Override
    public OutboxStatus outboxStatus() {
        return decisions.outboxStatus();
    }

    @Override
    public List<DeadEntry> deadLetters(@Nullable String after, int limit) {
        return decisions.deadLetters(after, limit);
    }

    @Override
    public boolean reviveDeadLetter(String entryId) {
        return decisions.reviveDeadLetter(entryId);
    }

    @Override
    public boolean dropDeadLetter(String entryId) {
        return decisions.dropDeadLetter(entryId);
    }

    @Override
    public int purgeOutbox(Duration age) {
        return decisions.purgeOutbox(age);
    }
}
