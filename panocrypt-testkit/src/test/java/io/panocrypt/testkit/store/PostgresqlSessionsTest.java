package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.FailFastSource;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.TestTimeout;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the store leaves in sessions that an embedder's pool also uses for other purposes. */
class PostgresqlSessionsTest {
    private static final int POOL = 2;

    /** The store uses one connection to check the schema and one to write. */
    private static final int FOR_OPENING = 2;

    private static final List<String> OWN =
            List.of("lock_timeout = '7s'", "idle_in_transaction_session_timeout = '8s'", "synchronous_commit = off");

    private String schema;
    private HikariDataSource pool;

    @BeforeEach
    void makeSchema() throws SQLException {
        schema = PostgresqlServer.get().newSchema();
        pool = PostgresqlServer.get().pool(schema, POOL);
    }

    @AfterEach
    void dropSchema() throws SQLException {
        pool.close();
        PostgresqlServer.get().drop(schema);
    }

    private static JdbcStore open(DataSource source) {
        return JdbcStore.open(
                source,
                Dialect.POSTGRESQL,
                "node-a",
                InstantSource.system(),
                JdbcSettings.DEFAULTS.with(TestTimeout.MAX));
    }

    private static String own(Connection connection) throws SQLException {
        StringBuilder values = new StringBuilder();
        try (Statement statement = connection.createStatement()) {
            for (String setting : OWN) {
                try (ResultSet value = statement.executeQuery("SHOW " + setting.split(" ")[0])) {
                    value.next();
                    values.append(value.getString(1)).append(' ');
                }
            }
        }
        return values.toString();
    }

    private static void set(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String setting : OWN) {
                statement.execute("SET " + setting);
            }
        }
    }

    private void setAll() throws SQLException {
        try (Connection one = pool.getConnection();
                Connection two = pool.getConnection()) {
            set(one);
            set(two);
        }
    }

    private Set<String> settings() throws SQLException {
        try (Connection one = pool.getConnection();
                Connection two = pool.getConnection()) {
            return new TreeSet<>(List.of(own(one), own(two)));
        }
    }

    @Test
    void areSetAsTheyWereOnceTheStoreIsClosed() throws SQLException {
        setAll();
        open(pool).close();
        assertEquals(Set.of("7s 8s off "), settings());
    }

    @Test
    void areSetAsTheyWereWhereTheStoreIsRefused() throws SQLException {
        try (HikariDataSource others = PostgresqlServer.get().pool(schema, POOL);
                JdbcStore other = open(others)) {
            setAll();
            assertThrows(StoreException.class, () -> open(pool));
            assertEquals(Set.of("7s 8s off "), settings());
            assertEquals(0, other.heads().size());
        }
    }

    /**
     * A source that reuses its only read connection unchanged, like a careless pool. The writer has its own connection.
     */
    private DataSource keeping(Connection reads) {
        return Interference.giving(pool, FOR_OPENING, reads);
    }

    @Test
    void areAsTheyWereAfterAReadThatTheServerRefuses() throws SQLException {
        List<Integer> silences = new ArrayList<>();
        int allowed = Math.toIntExact(TestTimeout.MAX.toMillis());
        int longer = 2 * allowed;
        try (HikariDataSource others = PostgresqlServer.get().pool(schema, 1);
                Connection reads = others.getConnection()) {
            reads.setNetworkTimeout(Runnable::run, longer);
            reads.setAutoCommit(false);
            try (JdbcStore store = open(keeping(Interference.kept(reads, silences)))) {
                assertThrows(StoreException.class, () -> store.find("device", "no text holds a \0"));
                assertEquals(longer, reads.getNetworkTimeout());
                assertFalse(reads.getAutoCommit());
                assertEquals(Optional.empty(), store.find("device", "token:none"));
            }
            assertEquals(List.of(allowed, longer, allowed, longer), silences);
        }
    }

    @Test
    void neverWaitForEverHoweverShortTheTimeout() throws SQLException {
        List<Integer> silences = new ArrayList<>();
        try (HikariDataSource others = PostgresqlServer.get().pool(schema, 1);
                Connection reads = others.getConnection()) {
            reads.setNetworkTimeout(Runnable::run, 60_000);
            // Read on this thread: no other one would begin within a nanosecond.
            DataSource source =
                    new FailFastSource(keeping(Interference.kept(reads, silences)), pool::getConnection, () -> {});
            JdbcStore store = JdbcStore.open(
                    source,
                    Dialect.POSTGRESQL,
                    "node-a",
                    InstantSource.system(),
                    JdbcSettings.DEFAULTS.with(Duration.ofNanos(1)));
            try (store) {
                store.find("device", "token:none");
            } catch (StoreException e) {
                // One millisecond may be too short.
            }
            assertEquals(1, silences.get(0));
        }
    }
}
