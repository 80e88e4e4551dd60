package io.panocrypt.policy.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class FailFastSourceTest {
    private final AtomicInteger evictions = new AtomicInteger();
    private boolean away;
    private boolean autoCommit = true;
    private int closed;

    private final DataSource pool = (DataSource) Proxy.newProxyInstance(
            DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, values) -> connect());

    private final FailFastSource source = new FailFastSource(pool, this::connect, evictions::incrementAndGet);

    private Connection connect() throws SQLException {
        if (away) {
            throw new SQLException("away");
        }
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, values) -> {
                    if (method.getName().equals("getAutoCommit")) {
                        return autoCommit;
                    }
                    closed += method.getName().equals("close") ? 1 : 0;
                    return method.getReturnType() == boolean.class ? false : null;
                });
    }

    /** After a failover the pool's connections lead to the former primary. */
    @Test
    void hasThePoolForgetItsConnectionsOnceTheDatabaseIsBack() throws SQLException {
        source.getConnection();
        assertEquals(0, evictions.get());
        away = true;
        assertThrows(SQLException.class, source::getConnection);
        assertThrows(SQLException.class, source::getConnection);
        assertEquals(0, evictions.get());
        away = false;
        source.getConnection();
        source.getConnection();
        assertEquals(1, evictions.get());
    }

    /** Reopening connections takes longest when the pool is busiest. */
    @Test
    void keepsTheConnectionsOfAPoolThatWasMerelyBusy() throws SQLException {
        away = true;
        assertThrows(SQLException.class, source::getConnection);
        away = false;
        source.getConnection();
        assertEquals(0, evictions.get());
    }

    /** To use it would commit the transaction. */
    @Test
    void refusesTheConnectionOfATransaction() throws SQLException {
        autoCommit = false;
        assertThrows(SQLException.class, source::getConnection);
        assertEquals(1, closed, "it went back to its pool");
        autoCommit = true;
        source.getConnection();
        assertEquals(1, closed);
    }
}
