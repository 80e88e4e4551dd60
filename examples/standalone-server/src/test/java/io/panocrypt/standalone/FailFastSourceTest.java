package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.standalone.storage.FailFastSource;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class FailFastSourceTest {
    private final AtomicInteger evictions = new AtomicInteger();
    private boolean away;

    private final DataSource pool = (DataSource) Proxy.newProxyInstance(
            DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, values) -> connect());

    private final FailFastSource source = new FailFastSource(pool, this::connect, evictions::incrementAndGet);

    private Connection connect() throws SQLException {
        if (away) {
            throw new SQLException("away");
        }
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (self, method, values) -> method.getReturnType() == boolean.class ? false : null);
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
}
