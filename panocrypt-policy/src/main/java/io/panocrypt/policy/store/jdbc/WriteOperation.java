package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Spend;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes a {@link StoreWrite} inside a transaction: checks everything, spends by a conditional update, then writes. */
final class WriteOperation implements GroupCommitter.Work<WriteResult> {
    private final StoreWrite wanted;

    WriteOperation(StoreWrite wanted) {
        this.wanted = wanted;
    }

    @Override
    public boolean exclusive() {
        return wanted.changesPolicy();
    }

    @Override
    public List<String> grants() {
        return wanted.spends().stream().map(Spend::grantId).toList();
    }

    @Override
    public WriteResult run(WriteTransaction transaction) throws SQLException {
        // New in each transaction: it remembers what it has read.
        RecordChanges changes = new RecordChanges(wanted.changes());
        if (isWritten(transaction, changes)) {
            return new WriteResult.Written();
        }
        if (wanted.epoch() != null && wanted.epoch() != transaction.epoch()) {
            return new WriteResult.OtherEpoch();
        }
        Optional<WriteResult> obstacle = changes.obstacle(transaction);
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        ChainHead end = wanted.truncation();
        if (end != null && !isTruncatable(transaction, end)) {
            return new WriteResult.NotTruncatable();
        }
        // Nothing is written before the spends, so a refusal leaves no change in the shared transaction.
        if (!spend(transaction)) {
            return new WriteResult.NotSpendable();
        }
        write(transaction, changes, end);
        return new WriteResult.Written();
    }

    private boolean isWritten(WriteTransaction transaction, RecordChanges changes) throws SQLException {
        for (JournalEntry entry : wanted.entries()) {
            if (changes.hasEntry(transaction, entry.id())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isTruncatable(WriteTransaction transaction, ChainHead end) throws SQLException {
        // The next row could have been removed by an attacker. The chain is then broken there, and is not truncated
        // further.
        return transaction.text(Sql.HASH_AT, end.chain(), end.sequence()).equals(Optional.of(end.hash()))
                && transaction
                        .text(Sql.HASH_AT, end.chain(), end.sequence() + 1)
                        .isPresent();
    }

    private boolean spend(WriteTransaction transaction) throws SQLException {
        if (wanted.spends().isEmpty()) {
            return true;
        }
        long now = transaction.now();
        long latestCreation = now + Grant.CLOCK_TOLERANCE.toMillis();
        // A single spend that fails has written nothing, so it needs no savepoint.
        boolean several = wanted.spends().size() > 1;
        if (several) {
            transaction.savepoint();
        }
        for (Spend spend : wanted.spends()) {
            if (transaction.update(Sql.SPEND, spend.grantId(), spend.deviceId(), latestCreation, now) != 1) {
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

    private void write(WriteTransaction transaction, RecordChanges changes, @Nullable ChainHead end)
            throws SQLException {
        for (GrantScope scope : wanted.cancels()) {
            cancel(transaction, scope);
        }
        changes.write(transaction);
        for (Grant grant : wanted.grants()) {
            open(transaction, grant);
        }
        OutboxOperation.keep(transaction, wanted.outbox());
        if (wanted.growsEpoch()) {
            transaction.bumpEpoch();
        }
        if (end != null) {
            transaction.update(Sql.CUT_CHAIN, end.chain(), end.sequence());
            // Retention exists to remove addresses: no file may keep a copy of them.
            transaction.noteErasure();
        }
        for (JournalEntry entry : wanted.entries()) {
            transaction.append(entry);
        }
    }

    static void cancel(WriteTransaction transaction, GrantScope scope) throws SQLException {
        if (scope instanceof GrantScope.Single single) {
            transaction.update(Sql.CANCEL_ONE, single.deviceId(), single.grantId());
        } else if (scope instanceof GrantScope.OfDevice device) {
            transaction.update(Sql.CANCEL_OF_DEVICE, device.deviceId());
        } else if (scope instanceof GrantScope.OfTerms devices) {
            if (devices.terms().isEmpty()) {
                transaction.update(Sql.CANCEL_ALL);
                return;
            }
            List<Object> values = new ArrayList<>(List.of(PolicyRecord.DEVICE));
            values.addAll(devices.terms());
            values.add(devices.terms().size());
            transaction.update(Sql.cancelOfTerms(devices.terms().size()), values.toArray());
        } else {
            throw new IllegalStateException("unknown kind of grant scope");
        }
    }

    private static void open(WriteTransaction transaction, Grant grant) throws SQLException {
        Object[] values = {
            grant.deviceId(),
            grant.uses(),
            grant.usesLeft(),
            grant.created().toEpochMilli(),
            grant.expires().toEpochMilli(),
            grant.body(),
            grant.id()
        };
        if (transaction.update(Sql.UPDATE_GRANT, values) == 0) {
            transaction.updateOne(Sql.INSERT_GRANT, values);
        }
    }
}
