package io.panocrypt.testkit.store;

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
}
