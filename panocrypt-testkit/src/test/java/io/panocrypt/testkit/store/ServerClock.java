package io.panocrypt.testkit.store;

import io.panocrypt.testkit.support.MutableClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import javax.sql.DataSource;

/**
 * A PostgreSQL server's clock that a test sets: a function in the test's schema hides the server's function of the same
 * name.
 *
 * <p>A new time takes effect before the next connection is returned and before the next transaction begins.
 */
final class ServerClock implements Interference {
    private final MutableClock clock;
    private final DataSource server;
    private Instant told = Instant.MIN;

    /** The connections must search the test's schema before the system's. */
    ServerClock(MutableClock clock, DataSource server) throws SQLException {
        this.clock = clock;
        this.server = server;
        run("CREATE TABLE test_clock (told timestamptz NOT NULL); INSERT INTO test_clock VALUES (now());"
                + " CREATE FUNCTION statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE"
                + " AS 'SELECT told FROM test_clock'");
    }

    DataSource between(DataSource source) {
        DataSource heard = Interference.between(source, this);
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    setServerTime();
                    try {
                        return method.invoke(heard, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private synchronized void setServerTime() throws SQLException {
        Instant now = clock.instant();
        if (!now.equals(told)) {
            run("UPDATE test_clock SET told = '" + now + "'");
            told = now;
        }
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = server.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void before(String sql) throws SQLException {
        if (sql.startsWith("BEGIN")) {
            setServerTime();
        }
    }

    @Override
    public void after(String sql) {
        // The server already has the time.
    }
}
