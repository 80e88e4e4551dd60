package io.panocrypt.policy.store.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/** Reads on the calling thread. Each query takes a connection of the data source and gives it back. */
final class SourceReader implements Reader {
    private final Connector source;
    private final Dialect dialect;
    private final TableNames names;
    private final Duration timeout;

    /** @param timeout of a write */
    SourceReader(Connector source, Dialect dialect, TableNames names, Duration timeout) {
        this.source = source;
        this.dialect = dialect;
        this.names = names;
        this.timeout = timeout;
    }

    @Override
    public <T> T read(Wait wait, String sql, Mapping<T> mapping, Object... values) {
        return read(wait, () -> {}, sql, mapping, values);
    }

    /** @param connected is run as soon as there is a connection */
    <T> T read(Wait wait, Runnable connected, String sql, Mapping<T> mapping, Object... values) {
        try (Connection connection = source.connect()) {
            connected.run();
            if (connection.getAutoCommit()) {
                return queryInTime(wait, connection, sql, mapping, values);
            }
            connection.setAutoCommit(true);
            return andThen(
                    () -> queryInTime(wait, connection, sql, mapping, values), () -> connection.setAutoCommit(false));
        } catch (SQLException e) {
            throw Faults.reading(e, dialect);
        }
    }

    private interface Query<T> {
        T run() throws SQLException;
    }

    private interface Undo extends AutoCloseable {
        @Override
        void close() throws SQLException;
    }

    /** Undoes what was set for the query, even if the query fails; a fault of the undoing never hides the query's. */
    private static <T> T andThen(Query<T> query, Undo undo) throws SQLException {
        try (undo) {
            return query.run();
        }
    }

    /** Lets a server that stays silent count as unavailable. */
    private <T> T queryInTime(Wait wait, Connection connection, String sql, Mapping<T> mapping, Object... values)
            throws SQLException {
        if (!dialect.hasClock()) {
            return query(connection, sql, mapping, values);
        }
        int silence = connection.getNetworkTimeout();
        // To the driver, 0 means no timeout.
        int most = (int)
                Math.min(Integer.MAX_VALUE, Math.max(1, wait.limit(timeout).toMillis()));
        if (silence > 0 && silence <= most) {
            return query(connection, sql, mapping, values);
        }
        connection.setNetworkTimeout(Runnable::run, most);
        return andThen(
                () -> query(connection, sql, mapping, values),
                () -> connection.setNetworkTimeout(Runnable::run, silence));
    }

    private <T> T query(Connection connection, String sql, Mapping<T> mapping, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(names.in(sql))) {
            Parameters.bind(statement, values);
            try (ResultSet rows = statement.executeQuery()) {
                return mapping.map(rows);
            }
        }
    }
}
