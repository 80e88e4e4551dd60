package io.panocrypt.policy.store.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * A connection that keeps its prepared statements, which are few; used by one thread at a time.
 *
 * <p>SQLite's driver compiles a statement each time that it is prepared, which took ten times as long as running it. The
 * parameters of the last use stay, because SQLite compiles a statement again after they are cleared
 * (sqlite3_clear_bindings); each use sets all of them.
 */
final class PreparedConnection implements AutoCloseable {
    private final Connection connection;
    private final TableNames names;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    PreparedConnection(Connection connection, TableNames names) {
        this.connection = connection;
        this.names = names;
    }

    PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(names.replaced(sql));
            statements.put(sql, statement);
        }
        return statement;
    }

    <T> T read(String sql, Mapping<T> mapping, Object... values) throws SQLException {
        PreparedStatement statement = prepare(sql);
        Parameters.bind(statement, values);
        // An open cursor would keep its read transaction open.
        try (ResultSet rows = statement.executeQuery()) {
            return mapping.map(rows);
        }
    }

    Connection raw() {
        return connection;
    }

    TableNames names() {
        return names;
    }

    /** Closes the connection, and with it its statements. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
