package io.panocrypt.policy.store.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source over a pool of Panocrypt's own. While the database is unreachable it refuses at once, and only one
 * caller at a time tries to connect. {@link JdbcStore} reads through it on the calling thread, which is fastest, and on
 * threads of its own through any other data source.
 *
 * <p>The pool must keep two promises. It waits at most a second or two for a connection, for a new one's login and for
 * each answer of the database ({@code connectionTimeout} in HikariCP; {@code connectTimeout}, {@code loginTimeout} and
 * {@code socketTimeout} in pgjdbc). And its connections are in auto-commit mode and belong to no transaction of the
 * caller; others are refused.
 *
 * <p>Requests fail without queueing for the pool, and the pool is ready when the database returns: its retry delay
 * (HikariCP: growing up to 5 s) does not grow while nobody asks it. Thread-safe.
 */
public final class FailFastSource implements DataSource {
    /** Opens a connection outside the pool. */
    public interface Trial {
        /** A new connection, which the caller closes; within a few seconds, or it throws. */
        Connection connect() throws SQLException;
    }

    private final DataSource pool;
    private final Trial trial;
    private final Runnable evict;
    private final ReentrantLock trying = new ReentrantLock();
    private volatile boolean away;
    /** Whether the latest trial failed; guarded by the lock. */
    private boolean wasAway;

    /**
     * A data source over that pool, which the caller closes.
     *
     * @param evict drops the pool's connections, which may lead to a server that is no longer the primary; it is called
     *     when the database is back
     */
    public FailFastSource(DataSource pool, Trial trial, Runnable evict) {
        this.pool = pool;
        this.trial = trial;
        this.evict = evict;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (away) {
            tryOnce();
        }
        return outsideTransactions(fromPool());
    }

    private Connection fromPool() throws SQLException {
        try {
            return pool.getConnection();
        } catch (SQLException e) {
            // If the pool is only busy, the next caller's trial succeeds and clears this.
            away = true;
            throw e;
        }
    }

    /** Refuses a connection that may belong to a transaction, which its use would commit. */
    private static Connection outsideTransactions(Connection connection) throws SQLException {
        if (connection.getAutoCommit()) {
            return connection;
        }
        try (connection) {
            throw new SQLException(
                    "the pool hands out connections with auto-commit off, which may be in a transaction");
        }
    }

    private void tryOnce() throws SQLException {
        if (!trying.tryLock()) {
            throw new SQLTransientConnectionException("the database is away");
        }
        boolean back = false;
        try (Connection connection = trial.connect()) {
            back = !connection.isClosed();
            // A pool that was only busy keeps its connections: reopening them takes longest when it is busiest.
            if (back && wasAway) {
                evict.run();
            }
            away = !back;
        } finally {
            wasAway = !back;
            trying.unlock();
        }
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the pool has one user");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return pool.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        pool.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        pool.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return pool.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return pool.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return pool.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return pool.isWrapperFor(type);
    }
}
