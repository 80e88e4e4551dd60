package io.panocrypt.testkit.store;

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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The two halves of a store as the one object that a service opens. */
public record JoinedStore(PolicyStore policies, DecisionStore decisions) implements PolicyStore, DecisionStore {
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
