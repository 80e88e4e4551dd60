package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Commits a decision inside a transaction: checks, spends by a conditional update, then writes. */
final class DecisionOperation implements GroupCommitter.Work<CommitResult> {
    private final DecisionCommit commit;

    DecisionOperation(DecisionCommit commit) {
        this.commit = commit;
    }

    @Override
    public boolean exclusive() {
        return !commit.changes().isEmpty();
    }

    @Override
    public List<String> grants() {
        return commit.spends();
    }

    @Override
    public CommitResult run(WriteTransaction transaction) throws SQLException {
        Found found = transaction.read(
                Sql.ENTRIES_AND_VERSION, Found::of, commit.entry().id(), PolicyRecord.DEVICE, commit.deviceId());
        if (found.entries() > 0) {
            return CommitResult.COMMITTED;
        }
        RecordChanges changes = new RecordChanges(commit.changes());
        // Nothing is written before the spends, so a conflict leaves no change in the shared transaction.
        if (transaction.epoch() != commit.epoch()
                || found.version() != commit.deviceVersion()
                || changes.obstacle(transaction).isPresent()
                || !spend(transaction)) {
            return CommitResult.CONFLICT;
        }
        changes.write(transaction);
        OutboxOperation.keep(transaction, commit.outbox());
        transaction.append(commit.entry());
        return CommitResult.COMMITTED;
    }

    /**
     * The stored state that the commit depends on.
     *
     * @param entries how many journal entries have its id
     * @param version of its device, from 1; 0 without one
     */
    private record Found(long entries, long version) {
        static Found of(ResultSet row) throws SQLException {
            if (!row.next()) {
                throw new SQLException("no answer");
            }
            return new Found(row.getLong(1), row.getLong(2));
        }
    }

    private boolean spend(WriteTransaction transaction) throws SQLException {
        if (commit.spends().isEmpty()) {
            return true;
        }
        long now = transaction.now();
        long latestCreation = now + Grant.CLOCK_TOLERANCE.toMillis();
        // A single spend that fails has written nothing, so it needs no savepoint.
        boolean several = commit.spends().size() > 1;
        if (several) {
            transaction.savepoint();
        }
        for (String grant : commit.spends()) {
            if (transaction.update(Sql.SPEND, grant, commit.deviceId(), latestCreation, now) != 1) {
                if (several) {
                    transaction.rollbackToSavepoint();
                }
                return false;
            }
        }
        if (several) {
            transaction.releaseSavepoint();
        }
        return true;
    }
}
