package io.panocrypt.policy.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;

/** SQLite has one writer at a time: every transaction is exclusive. */
final class SqliteOrdering implements WriteOrdering {
    /** At most 32 MiB, the size of the inner pages of all trees for a million devices; the default is 2 MiB. */
    private static final String CACHE = "PRAGMA cache_size = -32768";

    @Override
    public void enter(Connection connection) throws SQLException {
        Dialect.SQLITE.prepareMigration(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute(CACHE);
        }
    }

    @Override
    public void begin(WriterConnection connection, boolean exclusive) throws SQLException {
        connection.execute("BEGIN IMMEDIATE");
    }

    @Override
    public void awaitGrants(WriterConnection connection, Collection<String> grants) {
        // No other transaction can be spending.
    }

    @Override
    public void beat(WriterConnection connection) {
        // No other node checks whether this one is alive.
    }

    @Override
    public void leave(Connection connection) {
        // No state is held.
    }

    @Override
    public boolean lost() {
        return false;
    }
}
