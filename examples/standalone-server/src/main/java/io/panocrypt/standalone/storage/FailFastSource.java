package io.panocrypt.standalone.storage;

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
 * A pool that refuses at once while its database is unreachable. Only one caller at a time tries to connect.
 *
 * <p>Requests fail without queueing for the pool. The pool's retry delay, which grows with each failure up to 5 s, does
 * not grow, so the pool is ready when the database returns.
 */
public final class FailFastSource implements DataSource {
    /** Opens a connection outside the pool. */
    public interface Trial {
        Connection connect() throws SQLException;
    }

    private final DataSource pool;
    private final Trial trial;
    private final Runnable evict;
    private final ReentrantLock trying = new ReentrantLock();
    private volatile boolean away;
    /** Whether the latest trial failed; guarded by the lock. */
    private boolean wasAway;

    /** @param evict drops the pool's connections, which may lead to a server that is no longer the primary */
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
        try {
            return pool.getConnection();
        } catch (SQLException e) {
            // If the pool is only busy, the next caller's trial succeeds and clears this.
            away = true;
            throw e;
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
