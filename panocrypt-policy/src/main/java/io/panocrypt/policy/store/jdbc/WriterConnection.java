package io.panocrypt.policy.store.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;

/** The only connection that writes, with its prepared statements; used by one thread at a time. */
final class WriterConnection implements AutoCloseable {
    private final Dialect dialect;
    private final WriteOrdering ordering;
    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    private WriterConnection(Dialect dialect, WriteOrdering ordering, Connection connection) {
        this.dialect = dialect;
        this.ordering = ordering;
        this.connection = connection;
    }

    static WriterConnection open(DataSource source, Dialect dialect, WriteOrdering ordering) throws SQLException {
        Connection connection = source.getConnection();
        boolean ready = false;
        try {
            connection.setAutoCommit(true);
            ordering.enter(connection);
            ready = true;
            return new WriterConnection(dialect, ordering, connection);
        } finally {
            if (!ready) {
                connection.close();
            }
        }
    }

    PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        return statement;
    }

    <T> T read(String sql, Mapping<T> mapping, Object... values) throws SQLException {
        PreparedStatement statement = prepare(sql);
        Parameters.bind(statement, values);
        try (ResultSet rows = statement.executeQuery()) {
            return mapping.map(rows);
        }
    }

    Connection raw() {
        return connection;
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
        return dialect.eraseRemains(connection);
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        try (connection) {
            ordering.leave(connection);
        }
    }
}
