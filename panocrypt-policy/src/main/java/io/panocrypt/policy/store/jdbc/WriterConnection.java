package io.panocrypt.policy.store.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;

/** The only connection that writes; used by one thread at a time. */
final class WriterConnection implements AutoCloseable {
    private final Dialect dialect;
    private final WriteOrdering ordering;
    private final PreparedConnection connection;

    private WriterConnection(Dialect dialect, WriteOrdering ordering, PreparedConnection connection) {
        this.dialect = dialect;
        this.ordering = ordering;
        this.connection = connection;
    }

    static WriterConnection open(Connector source, Dialect dialect, WriteOrdering ordering, TableNames names)
            throws SQLException {
        Connection connection = source.connect();
        boolean ready = false;
        try {
            connection.setAutoCommit(true);
            ordering.enter(connection);
            ready = true;
            return new WriterConnection(dialect, ordering, new PreparedConnection(connection, names));
        } finally {
            if (!ready) {
                connection.close();
            }
        }
    }

    PreparedStatement prepare(String sql) throws SQLException {
        return connection.prepare(sql);
    }

    <T> T read(String sql, Mapping<T> mapping, Object... values) throws SQLException {
        return connection.read(sql, mapping, values);
    }

    Connection raw() {
        return connection.raw();
    }

    void begin(boolean exclusive) throws SQLException {
        ordering.begin(this, exclusive);
    }

    void awaitGrants(Collection<String> grants) throws SQLException {
        ordering.awaitGrants(this, grants);
    }

    void beat() throws SQLException {
        ordering.beat(this);
    }

    void commit() throws SQLException {
        execute("COMMIT");
    }

    void rollback() throws SQLException {
        execute("ROLLBACK");
    }

    boolean eraseRemains() throws SQLException {
        return dialect.eraseRemains(raw());
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = raw().createStatement()) {
            statement.execute(connection.names().in(sql));
        }
    }

    @Override
    public void close() throws SQLException {
        try (connection) {
            ordering.leave(raw());
        }
    }
}
