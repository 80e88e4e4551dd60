package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.ChainHead;
import io.panocrypt.policy.spi.CommitResult;
import io.panocrypt.policy.spi.DeadEntry;
import io.panocrypt.policy.spi.DecisionCommit;
import io.panocrypt.policy.spi.DecisionSnapshot;
import io.panocrypt.policy.spi.DecisionStore;
import io.panocrypt.policy.spi.EditResult;
import io.panocrypt.policy.spi.Grant;
import io.panocrypt.policy.spi.JournalCut;
import io.panocrypt.policy.spi.JournalEntry;
import io.panocrypt.policy.spi.JournalQuery;
import io.panocrypt.policy.spi.JournalRow;
import io.panocrypt.policy.spi.LeasedEntry;
import io.panocrypt.policy.spi.OutboxEntry;
import io.panocrypt.policy.spi.OutboxStatus;
import io.panocrypt.policy.spi.PolicyEdit;
import io.panocrypt.policy.spi.PolicyRecord;
import io.panocrypt.policy.spi.PolicyStore;
import io.panocrypt.policy.spi.Settlement;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store that does what the reference store does, until a broken one overrides it. */
class ForwardingStore implements PolicyStore, DecisionStore {
    final MemoryStore right;

    ForwardingStore(MemoryStore right) {
        this.right = right;
    }

    @Override
    public long epoch() {
        return right.epoch();
    }

    @Override
    public Optional<PolicyRecord> get(String kind, String id) {
        return right.get(kind, id);
    }

    @Override
    public Optional<PolicyRecord> find(String kind, String uniqueTerm) {
        return right.find(kind, uniqueTerm);
    }

    @Override
    public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
        return right.scan(kind, term, after, limit);
    }

    @Override
    public EditResult apply(PolicyEdit edit) {
        return right.apply(edit);
    }

    @Override
    public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
        return right.snapshot(uniqueTerm);
    }

    @Override
    public CommitResult commit(DecisionCommit commit) {
        return right.commit(commit);
    }

    @Override
    public void append(JournalEntry entry) {
        right.append(entry);
    }

    @Override
    public CommitResult note(List<JournalEntry> entries, List<PolicyEdit.Change> changes) {
        return right.note(entries, changes);
    }

    @Override
    public CommitResult cut(JournalCut cut) {
        return right.cut(cut);
    }

    @Override
    public List<Grant> grants(String deviceId) {
        return right.grants(deviceId);
    }

    @Override
    public List<JournalRow> journal(JournalQuery query) {
        return right.journal(query);
    }

    @Override
    public List<JournalRow> chain(String chain, long after, int limit) {
        return right.chain(chain, after, limit);
    }

    @Override
    public List<ChainHead> heads() {
        return right.heads();
    }

    @Override
    public List<OutboxEntry> outbox(int limit) {
        return right.outbox(limit);
    }

    @Override
    public void enqueue(List<OutboxEntry> entries) {
        right.enqueue(entries);
    }

    @Override
    public List<LeasedEntry> lease(String lease, Duration length, int limit) {
        return right.lease(lease, length, limit);
    }

    @Override
    public boolean settle(String lease, String entryId, Settlement settlement) {
        return right.settle(lease, entryId, settlement);
    }

    @Override
    public OutboxStatus outboxStatus() {
        return right.outboxStatus();
    }

    @Override
    public List<DeadEntry> deadLetters(@Nullable String after, int limit) {
        return right.deadLetters(after, limit);
    }

    @Override
    public boolean reviveDeadLetter(String entryId) {
        return right.reviveDeadLetter(entryId);
    }

    @Override
    public boolean dropDeadLetter(String entryId) {
        return right.dropDeadLetter(entryId);
    }

    @Override
    public int purgeOutbox(Duration age) {
        return right.purgeOutbox(age);
    }
}
