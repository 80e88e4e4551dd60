package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.Settlement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The writes to the outbox inside a transaction. */
final class OutboxOperation {
    private OutboxOperation() {}

    /** Adds entries whose id is not there yet. */
    static void keep(WriteTransaction transaction, List<OutboxEntry> entries) throws SQLException {
        if (entries.isEmpty()) {
            return;
        }
        long now = transaction.now();
        String insert = transaction.dialect().keepInOutbox();
        for (OutboxEntry entry : entries) {
            transaction.update(insert, entry.id(), entry.topic(), entry.lane(), entry.body(), now, now);
        }
    }

    static List<LeasedEntry> lease(WriteTransaction transaction, String lease, Duration length, int limit)
            throws SQLException {
        long now = transaction.now();
        List<LeasedEntry> due =
                transaction.read(OutboxSql.DUE + transaction.dialect().skipLocked(), OutboxSql::leased, now, limit);
        for (LeasedEntry next : due) {
            transaction.updateOne(
                    OutboxSql.LEASE,
                    lease,
                    now + length.toMillis(),
                    next.entry().id(),
                    now);
        }
        return due;
    }

    static boolean settle(WriteTransaction transaction, String lease, String id, Settlement settlement)
            throws SQLException {
        boolean mine = write(transaction, lease, id, settlement, transaction.now()) == 1;
        if (mine && settlement instanceof Settlement.Done done) {
            keep(transaction, done.followUps());
        } else if (mine && settlement instanceof Settlement.Dead dead) {
            keep(transaction, dead.followUps());
        }
        return mine;
    }

    private static int write(WriteTransaction transaction, String lease, String id, Settlement settlement, long now)
            throws SQLException {
        if (settlement instanceof Settlement.Done) {
            return transaction.update(OutboxSql.DONE, now, id, lease);
        }
        if (settlement instanceof Settlement.Retry retry) {
            return transaction.update(OutboxSql.RETRY, now + retry.after().toMillis(), retry.cause(), id, lease);
        }
        if (settlement instanceof Settlement.PutOff putOff) {
            return transaction.update(OutboxSql.PUT_OFF, now + putOff.after().toMillis(), id, lease);
        }
        if (settlement instanceof Settlement.Dead dead) {
            return transaction.update(OutboxSql.DEATH, now, dead.cause(), id, lease);
        }
        throw new IllegalStateException("unknown kind of settlement");
    }
}
