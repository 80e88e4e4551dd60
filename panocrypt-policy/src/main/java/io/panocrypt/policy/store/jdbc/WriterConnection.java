package io.panocrypt.policy.store.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;

/** The one connection that writes, with its prepared statements; used by one thread at a time. */
final class WriterConnection implements AutoCloseable {
    private final Dialect dialect;
    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    private WriterConnection(Dialect dialect, Connection connection) {
        this.dialect = dialect;
        this.connection = connection;
    }

    static WriterConnection open(DataSource source, Dialect dialect) throws SQLException {
        Connection connection = source.getConnection();
        boolean ready = false;
        try {
            connection.setAutoCommit(true);
            dialect.prepareWriter(connection);
            ready = true;
            return new WriterConnection(dialect, connection);
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

    void begin() throws SQLException {
        execute(dialect.begin());
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

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
