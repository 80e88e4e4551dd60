package io.panocrypt.policy.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;

/** SQLite has one writer at a time: every transaction is alone. */
final class SqliteTurns implements Turns {
    @Override
    public void enter(Connection connection) throws SQLException {
        Dialect.SQLITE.prepareMigration(connection);
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
    public void leave(Connection connection) {
        // Nothing is held.
    }

    @Override
    public boolean lost() {
        return false;
    }
}
