package io.panocrypt.policy;

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
import io.panocrypt.policy.store.memory.MemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store that hands everything on to a memory store; tests spoil single methods. */
public class ForwardingStore implements PolicyStore, DecisionStore {
    final MemoryStore memory;

    public ForwardingStore(MemoryStore memory) {
        this.memory = memory;
    }

    @Override
    public long epoch() {
        return memory.epoch();
    }

    @Override
    public Optional<PolicyRecord> get(String kind, String id) {
        return memory.get(kind, id);
    }

    @Override
    public Optional<PolicyRecord> find(String kind, String uniqueTerm) {
        return memory.find(kind, uniqueTerm);
    }

    @Override
    public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
        return memory.scan(kind, term, after, limit);
    }

    @Override
    public EditResult apply(PolicyEdit edit) {
        return memory.apply(edit);
    }

    @Override
    public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
        return memory.snapshot(uniqueTerm);
    }

    @Override
    public CommitResult commit(DecisionCommit commit) {
        return memory.commit(commit);
    }

    @Override
    public void append(JournalEntry entry) {
        memory.append(entry);
    }

    @Override
    public CommitResult note(List<JournalEntry> entries, List<PolicyEdit.Change> changes) {
        return memory.note(entries, changes);
    }

    @Override
    public CommitResult cut(JournalCut cut) {
        return memory.cut(cut);
    }

    @Override
    public List<Grant> grants(String deviceId) {
        return memory.grants(deviceId);
    }

    @Override
    public List<JournalRow> journal(JournalQuery query) {
        return memory.journal(query);
    }

    @Override
    public List<JournalRow> chain(String chain, long after, int limit) {
        return memory.chain(chain, after, limit);
    }

    @Override
    public List<ChainHead> heads() {
        return memory.heads();
    }

    @Override
    public List<OutboxEntry> outbox(int limit) {
        return memory.outbox(limit);
    }

    @Override
    public void enqueue(List<OutboxEntry> entries) {
        memory.enqueue(entries);
    }

    @Override
    public List<LeasedEntry> lease(String lease, Duration length, int limit) {
        return memory.lease(lease, length, limit);
    }

    @Override
    public boolean settle(String lease, String entryId, Settlement settlement) {
        return memory.settle(lease, entryId, settlement);
    }

    @Override
    public OutboxStatus outboxStatus() {
        return memory.outboxStatus();
    }

    @Override
    public List<DeadEntry> deadLetters(@Nullable String after, int limit) {
        return memory.deadLetters(after, limit);
    }

    @Override
    public boolean reviveDeadLetter(String entryId) {
        return memory.reviveDeadLetter(entryId);
    }

    @Override
    public boolean dropDeadLetter(String entryId) {
        return memory.dropDeadLetter(entryId);
    }

    @Override
    public int purgeOutbox(Duration age) {
        return memory.purgeOutbox(age);
    }
}
