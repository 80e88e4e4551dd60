package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.DeadEntry;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.OutboxStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The statements of the outbox, and the conversion of their rows. */
final class OutboxSql {
    private static final String ENTRY = "SELECT o.id, o.topic, o.lane, o.body, o.attempts, o.created_ms";

    static final String WAITING = ENTRY + " FROM panocrypt_outbox o WHERE o.state = 0 ORDER BY o.position LIMIT ?";

    private static final String INSERT = """
            INSERT INTO panocrypt_outbox (id, topic, lane, body, state, created_ms, due_ms, attempts, cause)
            """;

    /** Does nothing if the id is there. Parameters: id, topic, lane, body, now, now. */
    static final String KEEP = INSERT + "VALUES (?, ?, ?, ?, 0, ?, ?, 0, '') ON CONFLICT (id) DO NOTHING";

    /** The same for exclusive transactions on a database without ON CONFLICT. */
    static final String KEEP_EXCLUSIVE = INSERT + """
            SELECT id, topic, lane, body, 0, created_ms, due_ms, 0, '' FROM (VALUES (CAST(? AS VARCHAR), CAST(? AS VARCHAR),
                    CAST(? AS VARCHAR), CAST(? AS VARCHAR), CAST(? AS BIGINT), CAST(? AS BIGINT)))
                v (id, topic, lane, body, created_ms, due_ms)
             WHERE NOT EXISTS (SELECT 1 FROM panocrypt_outbox o WHERE o.id = v.id)
            """;

    /** The oldest waiting entry of each lane, if it is due. Parameters: now, limit. */
    static final String DUE = ENTRY + """
             FROM panocrypt_outbox o
             WHERE o.state = 0 AND o.due_ms <= ?
               AND NOT EXISTS (SELECT 1 FROM panocrypt_outbox e
                                WHERE e.lane = o.lane AND e.state = 0 AND e.position < o.position)
             ORDER BY o.due_ms, o.position LIMIT ?
            """;

    /** Parameters: lease, its end, entry, now. */
    static final String LEASE = """
            UPDATE panocrypt_outbox SET lease = ?, due_ms = ?, attempts = attempts + 1
             WHERE id = ? AND state = 0 AND due_ms <= ?
            """;

    private static final String OF_LEASE = " WHERE id = ? AND lease = ? AND state = 0";

    /** Parameters: now, entry, lease. Clears the body, since it may hold data that need not be kept. */
    static final String DONE =
            "UPDATE panocrypt_outbox SET state = 1, due_ms = ?, lease = NULL, body = '', cause = ''" + OF_LEASE;

    /** Parameters: when due, cause, entry, lease. */
    static final String RETRY = "UPDATE panocrypt_outbox SET due_ms = ?, lease = NULL, cause = ?" + OF_LEASE;

    /** Parameters: when due, entry, lease. */
    static final String PUT_OFF =
            "UPDATE panocrypt_outbox SET due_ms = ?, lease = NULL, attempts = attempts - 1" + OF_LEASE;

    /** Parameters: now, cause, entry, lease. */
    static final String DEATH = "UPDATE panocrypt_outbox SET state = 2, due_ms = ?, lease = NULL, cause = ?" + OF_LEASE;

    private static final String STATUS = """
            SELECT :now,
                   (SELECT COUNT(*) FROM panocrypt_outbox WHERE state = 0),
                   (SELECT MIN(created_ms) FROM panocrypt_outbox WHERE state = 0),
                   (SELECT COUNT(*) FROM panocrypt_outbox WHERE state = 2)
            """;

    /** Parameters: the id of the last one, limit. */
    static final String DEAD = ENTRY + """
            , o.cause, o.due_ms FROM panocrypt_outbox o
             WHERE o.state = 2
               AND o.position > COALESCE((SELECT l.position FROM panocrypt_outbox l WHERE l.id = ?), 0)
             ORDER BY o.position LIMIT ?
            """;

    /** Parameters: now, entry. */
    static final String REVIVE =
            "UPDATE panocrypt_outbox SET state = 0, due_ms = ?, attempts = 0 WHERE id = ? AND state = 2";

    /** Parameters: now, entry. */
    static final String DROP =
            "UPDATE panocrypt_outbox SET state = 1, due_ms = ?, body = '', cause = '' WHERE id = ? AND state = 2";

    static final String PURGE = "DELETE FROM panocrypt_outbox WHERE state IN (1, 2) AND due_ms < ?";

    private OutboxSql() {}

    /** Its parameter, if the dialect needs one, is the time. */
    static String status(Dialect dialect) {
        return STATUS.replace(":now", dialect.now());
    }

    static List<OutboxEntry> entries(ResultSet rows) throws SQLException {
        List<OutboxEntry> entries = new ArrayList<>();
        while (rows.next()) {
            entries.add(entry(rows));
        }
        return entries;
    }

    private static OutboxEntry entry(ResultSet row) throws SQLException {
        return new OutboxEntry(row.getString(1), row.getString(2), row.getString(3), row.getString(4));
    }

    /** The entries as they are after the lease is set. */
    static List<LeasedEntry> leased(ResultSet rows) throws SQLException {
        List<LeasedEntry> entries = new ArrayList<>();
        while (rows.next()) {
            entries.add(new LeasedEntry(entry(rows), rows.getInt(5) + 1, Instant.ofEpochMilli(rows.getLong(6))));
        }
        return entries;
    }

    static List<DeadEntry> dead(ResultSet rows) throws SQLException {
        List<DeadEntry> entries = new ArrayList<>();
        while (rows.next()) {
            entries.add(new DeadEntry(
                    entry(rows),
                    rows.getInt(5),
                    rows.getString(7),
                    Instant.ofEpochMilli(rows.getLong(6)),
                    Instant.ofEpochMilli(rows.getLong(8))));
        }
        return entries;
    }

    static OutboxStatus status(ResultSet rows) throws SQLException {
        if (!rows.next()) {
            throw new SQLException("an aggregate without a row");
        }
        long waiting = rows.getLong(2);
        return new OutboxStatus(
                Instant.ofEpochMilli(rows.getLong(1)),
                waiting,
                waiting == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(rows.getLong(3))),
                rows.getLong(4));
    }
}
