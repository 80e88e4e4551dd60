package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.EditResult;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalCut;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The acts that leave an entry in the journal, by whose id they are done once. Each checks everything before it changes
 * anything. Thread-safe.
 */
final class JournaledActs {
    private final Journal journal;
    private final NodeWriter writer;

    JournaledActs(Journal journal, NodeWriter writer) {
        this.journal = journal;
        this.writer = writer;
    }

    EditResult apply(PolicyEdit edit) {
        RecordChanges changes = new RecordChanges(edit.changes());
        List<String> reads = new ArrayList<>(List.of(Keys.SHARED));
        reads.addAll(journal.reads());
        reads.addAll(changes.reads());
        reads.addAll(Inbox.reads(edit.outbox()));
        edit.grants().forEach(grant -> reads.add(Keys.ledger(grant.deviceId())));
        return writer.call(Act.once(
                List.of(Keys.written(edit.audit().id())),
                reads,
                new EditResult.Applied(),
                write -> apply(write, edit, changes)));
    }

    private EditResult apply(EntryTransaction write, PolicyEdit edit, RecordChanges changes) {
        if (edit.epoch() != null && edit.epoch() != Grants.Shared.in(write).epoch()) {
            return new EditResult.OtherEpoch();
        }
        Optional<EditResult> obstacle = changes.obstacle(write);
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        for (GrantScope scope : edit.cancels()) {
            Grants.cancel(write, scope);
        }
        changes.make(write);
        edit.grants().forEach(grant -> Grants.add(write, grant));
        Inbox.handIn(write, edit.outbox());
        if (edit.bumpsEpoch()) {
            Grants.Shared.in(write).nextEpoch().put(write);
        }
        journal.append(write, edit.audit());
        return new EditResult.Applied();
    }

    CommitResult commit(DecisionCommit commit) {
        RecordChanges changes = new RecordChanges(commit.changes());
        List<String> reads = new ArrayList<>(List.of(Keys.SHARED, Keys.record(PolicyRecord.DEVICE, commit.deviceId())));
        reads.addAll(journal.reads());
        reads.addAll(changes.reads());
        reads.addAll(Inbox.reads(commit.outbox()));
        if (!commit.spends().isEmpty()) {
            reads.add(Keys.ledger(commit.deviceId()));
        }
        return writer.call(Act.once(
                List.of(Keys.written(commit.entry().id())),
                reads,
                CommitResult.COMMITTED,
                write -> commit(write, commit, changes)));
    }

    private CommitResult commit(EntryTransaction write, DecisionCommit commit, RecordChanges changes) {
        long version = RecordChanges.version(write, PolicyRecord.DEVICE, commit.deviceId());
        if (Grants.Shared.in(write).epoch() != commit.epoch()
                || version != commit.deviceVersion()
                || changes.obstacle(write).isPresent()
                || !Grants.spend(write, commit.deviceId(), commit.spends())) {
            return CommitResult.CONFLICT;
        }
        changes.make(write);
        Inbox.handIn(write, commit.outbox());
        journal.append(write, commit.entry());
        return CommitResult.COMMITTED;
    }

    CommitResult note(List<JournalEntry> entries, List<PolicyEdit.Change> made) {
        RecordChanges changes = new RecordChanges(made);
        List<String> reads = new ArrayList<>(journal.reads());
        reads.addAll(changes.reads());
        return writer.call(Act.once(
                entries.stream().map(entry -> Keys.written(entry.id())).toList(),
                reads,
                CommitResult.COMMITTED,
                write -> {
                    if (changes.obstacle(write).isPresent()) {
                        return CommitResult.CONFLICT;
                    }
                    changes.make(write);
                    entries.forEach(entry -> journal.append(write, entry));
                    return CommitResult.COMMITTED;
                }));
    }

    CommitResult cut(JournalCut cut) {
        RecordChanges stands = new RecordChanges(List.of(cut.stands()));
        List<String> reads = new ArrayList<>(journal.reads());
        reads.addAll(stands.reads());
        return writer.call(Act.once(List.of(Keys.written(cut.entry().id())), reads, CommitResult.COMMITTED, write -> {
            if (stands.obstacle(write).isPresent() || !Journal.cut(write, cut.end())) {
                return CommitResult.CONFLICT;
            }
            stands.make(write);
            journal.append(write, cut.entry());
            return CommitResult.COMMITTED;
        }));
    }
}
