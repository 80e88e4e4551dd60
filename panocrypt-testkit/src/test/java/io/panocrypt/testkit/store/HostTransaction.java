package io.panocrypt.testkit.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import javax.sql.DataSource;

/**
 * A host application's data source that hands out the connection of the calling thread's transaction, as Spring's
 * TransactionAwareDataSourceProxy and JTA do. Threads that the caller starts inherit its transaction: the worst case.
 */
final class HostTransaction {
    private final DataSource pool;
    private final ThreadLocal<Connection> bound = new InheritableThreadLocal<>();

    HostTransaction(DataSource pool) throws SQLException {
        this.pool = pool;
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE host_row (n INTEGER)");
        }
    }

    DataSource source() {
        return Interference.choosing(pool, () -> {
            Connection connection = bound.get();
            return connection == null ? null : Interference.kept(connection, new ArrayList<>());
        });
    }

    /** Inserts a row of the host in a transaction, runs the call inside it, and rolls back. */
    void rollBackAfter(Runnable call) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            bound.set(connection);
            try {
                statement.execute("INSERT INTO host_row (n) VALUES (1)");
                call.run();
            } finally {
                bound.remove();
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    /** How many rows of the host were committed. */
    int rows() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM host_row")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
