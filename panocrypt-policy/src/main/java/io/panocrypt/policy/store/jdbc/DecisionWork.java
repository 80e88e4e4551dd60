package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.CommitResult;
import io.panocrypt.policy.spi.DecisionCommit;
import io.panocrypt.policy.spi.Grant;
import io.panocrypt.policy.spi.PolicyRecord;
import java.sql.SQLException;
import java.util.List;

/** Makes a decision real inside a transaction: looks, spends by a conditional update, then writes. */
final class DecisionWork implements GroupCommitter.Work<CommitResult> {
    /** Versions count from 1. */
    private static final long NO_VERSION = 0;

    private final DecisionCommit commit;

    DecisionWork(DecisionCommit commit) {
        this.commit = commit;
    }

    @Override
    public boolean alone() {
        return !commit.changes().isEmpty();
    }

    @Override
    public List<String> grants() {
        return commit.spends();
    }

    @Override
    public CommitResult run(WriteTransaction transaction) throws SQLException {
        if (transaction.hasEntry(commit.entry().id())) {
            return CommitResult.COMMITTED;
        }
        long epoch = transaction.epoch();
        long version = transaction
                .number(Sql.VERSION, PolicyRecord.DEVICE, commit.deviceId())
                .orElse(NO_VERSION);
        RecordChanges changes = new RecordChanges(commit.changes());
        // Nothing is written before the spends, so a conflict leaves nothing behind in the shared transaction.
        if (epoch != commit.epoch()
                || version != commit.deviceVersion()
                || changes.obstacle(transaction).isPresent()
                || !spend(transaction)) {
            return CommitResult.CONFLICT;
        }
        changes.write(transaction);
        OutboxWork.keep(transaction, commit.outbox());
        transaction.append(commit.entry());
        return CommitResult.COMMITTED;
    }

    private boolean spend(WriteTransaction transaction) throws SQLException {
        if (commit.spends().isEmpty()) {
            return true;
        }
        long now = transaction.now();
        long latestCreation = now + Grant.CLOCK_TOLERANCE.toMillis();
        // A single spend that fails has written nothing.
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
