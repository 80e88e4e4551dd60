package io.panocrypt.policy.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;

/** SQLite has one writer at a time: every transaction is alone. */
final class SqliteOrdering implements WriteOrdering {
    /** At most 32 MiB, as much as the inner pages of all trees of a million devices take; the default is 2 MiB. */
    private static final String CACHE = "PRAGMA cache_size = -32768";

    @Override
    public void enter(Connection connection) throws SQLException {
        Dialect.SQLITE.prepareMigration(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute(CACHE);
        }
    }

    @Override
    public void begin(WriterConnection connection, boolean alone) throws SQLException {
        connection.execute("BEGIN IMMEDIATE");
    }

    @Override
    public void awaitGrants(WriterConnection connection, Collection<String> grants) {
        // Nobody else can be spending.
    }

    @Override
    public void beat(WriterConnection connection) {
        // Nobody watches.
    }

    @Override
    public void leave(Connection connection) {
        // Nothing is held.
    }

    @Override
    public boolean lost() {
        return false;
    }
}
