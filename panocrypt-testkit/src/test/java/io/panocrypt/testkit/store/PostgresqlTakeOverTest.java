package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A node that restarts after its host lost power, while the server still has its dead session. */
class PostgresqlTakeOverTest {
    /** Long, so a busy machine causes no failures. */
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private final AtomicInteger ids = new AtomicInteger();
    private String schema;
    private HikariDataSource pool;

    @BeforeEach
    void makeSchema() throws SQLException {
        schema = PostgresqlServer.get().newSchema();
        pool = PostgresqlServer.get().pool(schema, 4);
    }

    @AfterEach
    void dropSchema() throws SQLException {
        pool.close();
        PostgresqlServer.get().drop(schema);
    }

    private static JdbcStore open(DataSource source) {
        return JdbcStore.open(
                source, Dialect.POSTGRESQL, "n", InstantSource.system(), JdbcSettings.DEFAULTS.with(TIMEOUT));
    }

    private JournalEntry entry() {
        return new JournalEntry(
                "e-" + ids.incrementAndGet(), JournalEntry.Kind.UNLOCK, Instant.ofEpochMilli(0), "dev-1", "{}");
    }

    private HikariDataSource through(SilentProxy proxy) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(
                PostgresqlServer.get().url(schema).replaceFirst("localhost:\\d+", "127.0.0.1:" + proxy.port()));
        config.setMaximumPoolSize(4);
        config.setMinimumIdle(0);
        return new HikariDataSource(config);
    }

    /** The node gives up after half a minute, so getting the name proves that it came in time. */
    @Test
    @Tag("long")
    void takesItsNameFromASessionThatHasFallenSilent() throws Exception {
        try (SilentProxy proxy = new SilentProxy(PostgresqlServer.get().port());
                HikariDataSource lost = through(proxy);
                JdbcStore dead = open(lost)) {
            dead.write(StoreWrite.of(entry()).build());
            proxy.fallSilent();
            try (JdbcStore restarted = open(pool)) {
                restarted.write(StoreWrite.of(entry()).build());
                proxy.speak();
                JournalEntry late = entry();
                assertThrows(
                        StoreException.class,
                        () -> dead.write(StoreWrite.of(late).build()));
                assertThrows(
                        StoreException.class,
                        () -> dead.write(StoreWrite.of(late).build()));
                assertThrows(StoreException.class, dead::epoch, "readiness must tell");
                restarted.write(StoreWrite.of(entry()).build());
                IntactChains.rows(restarted, "restarted");
                assertEquals(3, restarted.heads().get(0).sequence());
            }
        }
    }

    @Test
    void hasTheServerLookForADeadHost() {
        List<String> said = new CopyOnWriteArrayList<>();
        Interference listener = new Interference() {
            @Override
            public void before(String sql) {
                said.add(sql);
            }

            @Override
            public void after(String sql) {
                // Only the time before the statement matters.
            }
        };
        open(Interference.between(pool, listener)).close();
        String all = String.join("; ", said);
        for (String setting : List.of(
                "tcp_keepalives_idle = 10",
                "tcp_keepalives_interval = 5",
                "tcp_keepalives_count = 2",
                "tcp_user_timeout = '20s'")) {
            assertTrue(all.contains("SET " + setting), all);
        }
    }
}
