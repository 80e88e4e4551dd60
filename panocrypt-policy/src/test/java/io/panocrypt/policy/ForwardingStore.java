package io.panocrypt.policy;

import io.panocrypt.policy.spi.ChainHead;
import io.panocrypt.policy.spi.CommitResult;
import io.panocrypt.policy.spi.DecisionCommit;
import io.panocrypt.policy.spi.DecisionSnapshot;
import io.panocrypt.policy.spi.DecisionStore;
import io.panocrypt.policy.spi.EditResult;
import io.panocrypt.policy.spi.Grant;
import io.panocrypt.policy.spi.JournalCut;
import io.panocrypt.policy.spi.JournalEntry;
import io.panocrypt.policy.spi.JournalQuery;
import io.panocrypt.policy.spi.JournalRow;
import io.panocrypt.policy.spi.OutboxEntry;
import io.panocrypt.policy.spi.PolicyEdit;
import io.panocrypt.policy.spi.PolicyRecord;
import io.panocrypt.policy.spi.PolicyStore;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store that hands everything on to a memory store; tests spoil single methods. */
class ForwardingStore implements PolicyStore, DecisionStore {
    final MemoryStore memory;

    ForwardingStore(MemoryStore memory) {
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
}
