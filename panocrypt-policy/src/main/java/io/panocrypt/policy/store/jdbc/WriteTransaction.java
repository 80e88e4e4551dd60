package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The open transaction of one batch, through which its operations read and write one after the other. */
final class WriteTransaction {
    private final WriterConnection connection;
    private final String chain;
    private final Dialect dialect;
    private final InstantSource clock;

    /** Valid for this transaction only: another process may extend the same chain before the next one. */
    private @Nullable ChainHead head;

    private @Nullable Long moment;
    private @Nullable Long epoch;
    private boolean erases;

    WriteTransaction(WriterConnection connection, String chain, Dialect dialect, InstantSource clock) {
        this.connection = connection;
        this.chain = chain;
        this.dialect = dialect;
        this.clock = clock;
    }

    /** The store's time in milliseconds. A server is asked for it once, after the waits for other transactions. */
    long now() throws SQLException {
        if (!dialect.hasClock()) {
            return clock.millis();
        }
        Long known = moment;
        if (known == null) {
            known = number("SELECT " + dialect.now()).orElseThrow();
            moment = known;
        }
        return known;
    }

    Dialect dialect() {
        return dialect;
    }

    /** Marks where one operation of the batch begins to write; a rollback then undoes only what it wrote. */
    void savepoint() throws SQLException {
        update("SAVEPOINT panocrypt");
    }

    void rollbackToSavepoint() throws SQLException {
        update("ROLLBACK TO SAVEPOINT panocrypt");
        releaseSavepoint();
    }

    void releaseSavepoint() throws SQLException {
        update("RELEASE SAVEPOINT panocrypt");
    }

    int update(String sql, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = connection.prepare(sql);
        Parameters.bind(statement, values);
        return statement.executeUpdate();
    }

    /** Makes an update that must change exactly one row, because the same transaction has checked before. */
    void updateOne(String sql, @Nullable Object... values) throws SQLException {
        int rows = update(sql, values);
        if (rows != 1) {
            throw new SQLException("expected to change one row, changed " + rows + ": " + sql);
        }
    }

    Optional<Long> number(String sql, Object... values) throws SQLException {
        return read(sql, rows -> rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty(), values);
    }

    Optional<String> text(String sql, Object... values) throws SQLException {
        return read(sql, rows -> rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty(), values);
    }

    <T> T read(String sql, Mapping<T> mapping, Object... values) throws SQLException {
        return connection.read(sql, mapping, values);
    }

    /** The policy epoch; no other transaction can change it before this one ends. */
    long epoch() throws SQLException {
        Long known = epoch;
        if (known == null) {
            known = number(Sql.EPOCH)
                    .orElseThrow(() -> new SQLException("the policy epoch is missing from panocrypt_meta"));
            epoch = known;
        }
        return known;
    }

    void bumpEpoch() throws SQLException {
        updateOne(Sql.BUMP_EPOCH);
        epoch = null;
    }

    boolean hasEntry(String id) throws SQLException {
        return number(Sql.HAS_ENTRY, id).orElse(0L) > 0;
    }

    /** Links the entry to the end of this node's chain. */
    void append(JournalEntry entry) throws SQLException {
        JournalRow row = (head == null ? readHead() : head).append(entry);
        insert(row);
        head = ChainHead.of(row);
    }

    private void insert(JournalRow row) throws SQLException {
        JournalEntry entry = row.entry();
        update(
                Sql.INSERT_ENTRY,
                row.chain(),
                row.sequence(),
                entry.id(),
                entry.kind().name(),
                entry.time().toEpochMilli(),
                entry.deviceId(),
                entry.body(),
                row.hash());
    }

    /** Writes a row of any chain as it is, unless its chain has one at its place. */
    void restore(JournalRow row) throws SQLException {
        if (text(Sql.HASH_AT, row.chain(), row.sequence()).isEmpty()) {
            insert(row);
            head = null;
        }
    }

    private ChainHead readHead() throws SQLException {
        return read(
                Sql.HEAD,
                rows -> rows.next() ? new ChainHead(chain, rows.getLong(1), rows.getString(2)) : ChainHead.start(chain),
                chain);
    }

    /** Records that data were overwritten of which no file may keep a copy. */
    void noteErasure() {
        erases = true;
    }

    boolean erases() {
        return erases;
    }
}
