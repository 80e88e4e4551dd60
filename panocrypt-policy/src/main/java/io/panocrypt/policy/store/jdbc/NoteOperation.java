package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyEdit;
import java.sql.SQLException;
import java.util.List;

/** Records what a node has counted, inside a transaction: checks everything first, then writes everything. */
final class NoteOperation implements GroupCommitter.Work<CommitResult> {
    private final List<JournalEntry> entries;
    private final RecordChanges changes;

    NoteOperation(List<JournalEntry> entries, List<PolicyEdit.Change> changes) {
        this.entries = List.copyOf(entries);
        this.changes = new RecordChanges(changes);
    }

    @Override
    public boolean exclusive() {
        return !changes.isEmpty();
    }

    @Override
    public CommitResult run(WriteTransaction transaction) throws SQLException {
        for (JournalEntry entry : entries) {
            if (transaction.hasEntry(entry.id())) {
                return CommitResult.COMMITTED;
            }
        }
        if (changes.obstacle(transaction).isPresent()) {
            return CommitResult.CONFLICT;
        }
        changes.write(transaction);
        for (JournalEntry entry : entries) {
            transaction.append(entry);
        }
        return CommitResult.COMMITTED;
    }
}
