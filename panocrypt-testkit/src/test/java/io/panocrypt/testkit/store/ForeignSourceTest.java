package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.TestTimeout;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A store on the data source of a host application: its transactions are never touched, and no wait lasts long. */
class ForeignSourceTest {
    private static final Duration LONG = TestTimeout.MAX;
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static JdbcStore open(DataSource source, Dialect dialect, Duration timeout) {
        return JdbcStore.open(source, dialect, "node-a", InstantSource.fixed(NOW), JdbcSettings.DEFAULTS.with(timeout));
    }

    private static StoreWrite write(String id) {
        return StoreWrite.of(new JournalEntry(id, JournalEntry.Kind.UNLOCK, NOW, "dev-1", "{}"))
                .build();
    }

    private static Map<String, Consumer<JdbcStore>> verbs() {
        PolicyRecord device = new PolicyRecord(PolicyRecord.DEVICE, "dev-1", 1, "{}", Set.of("token:one"), Set.of());
        Map<String, Consumer<JdbcStore>> verbs = new LinkedHashMap<>();
        verbs.put("epoch", JdbcStore::epoch);
        verbs.put("get", store -> store.get(PolicyRecord.DEVICE, "dev-1"));
        verbs.put("find", store -> store.find(PolicyRecord.DEVICE, "token:one"));
        verbs.put("scan", store -> store.scan(PolicyRecord.DEVICE, null, null, 10));
        verbs.put("snapshot", store -> store.snapshot("token:one"));
        verbs.put("grants", store -> store.grants("dev-1"));
        verbs.put("journal", store -> store.journal(new JournalQuery(JournalEntry.Kind.UNLOCK, null, null, 10)));
        verbs.put("chain", store -> store.chain("node-a", 0, 10));
        verbs.put("heads", JdbcStore::heads);
        verbs.put("waiting", store -> store.waiting(10));
        verbs.put("outboxStatus", JdbcStore::outboxStatus);
        verbs.put("deadLetters", store -> store.deadLetters(null, 10));
        verbs.put("clock", store -> store.clock().instant());
        verbs.put("requireRetentionPrivilege", JdbcStore::requireRetentionPrivilege);
        verbs.put("write", store -> store.write(write("journal")));
        verbs.put("edit", store -> store.write(StoreWrite.of().put(device).build()));
        verbs.put("lease", store -> store.lease("lease", Duration.ofMinutes(1), 10));
        verbs.put("settle", store -> store.settle("lease", "none", new Settlement.Done(List.of())));
        verbs.put("purgeOutbox", store -> store.purgeOutbox(Duration.ofDays(1)));
        return verbs;
    }

    @Nested
    class InsideATransactionOfTheHost {
        @Test
        void touchesNothingOnH2() throws SQLException {
            JdbcConnectionPool pool = H2Fixture.database();
            try (Connection kept = pool.getConnection()) {
                assertTrue(kept.isValid(0));
                touchesNothing(pool, Dialect.H2);
            } finally {
                pool.dispose();
            }
        }

        @Test
        void touchesNothingOnPostgresql() throws SQLException {
            String schema = PostgresqlServer.get().newSchema();
            try (HikariDataSource pool = PostgresqlServer.get().pool(schema, 4)) {
                touchesNothing(pool, Dialect.POSTGRESQL);
            } finally {
                PostgresqlServer.get().drop(schema);
            }
        }

        private void touchesNothing(DataSource pool, Dialect dialect) throws SQLException {
            HostTransaction host = new HostTransaction(pool);
            List<JdbcStore> opened = new ArrayList<>();
            host.rollBackAfter(() -> opened.add(open(host.source(), dialect, LONG)));
            assertEquals(0, host.rows(), "open");
            try (JdbcStore store = opened.get(0)) {
                for (Map.Entry<String, Consumer<JdbcStore>> verb : verbs().entrySet()) {
                    host.rollBackAfter(() -> verb.getValue().accept(store));
                    assertEquals(0, host.rows(), verb.getKey());
                }
                assertEquals(1, store.heads().get(0).sequence(), "what the store wrote stays");
            }
        }
    }

    @Nested
    class WhenThePoolGivesNoConnection {
        private static final int CALLERS = 200;
        /** The most threads that one store uses for short reads. */
        private static final int MAX_THREADS = 64;

        private final JdbcConnectionPool pool = H2Fixture.database();
        private final AtomicBoolean blocked = new AtomicBoolean();
        private final CountDownLatch lifted = new CountDownLatch(1);
        private final AtomicInteger waiting = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        private Connection kept;

        @BeforeEach
        void keepTheDatabase() throws SQLException {
            kept = pool.getConnection();
        }

        @AfterEach
        void end() throws Exception {
            lifted.countDown();
            callers.shutdown();
            assertTrue(callers.awaitTermination(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "a caller still waits");
            kept.close();
            pool.dispose();
        }

        /** Waits for a connection as a pool does whose database has stopped: until that is back. */
        private @Nullable Connection hang() {
            if (blocked.get()) {
                most.accumulateAndGet(waiting.incrementAndGet(), Math::max);
                try {
                    assertTrue(lifted.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new IllegalStateException("a store's call is never interrupted", e);
                } finally {
                    waiting.decrementAndGet();
                }
            }
            return null;
        }

        @Test
        void letsAllCallersGoAndKeepsFewThreads() throws Exception {
            try (JdbcStore store = open(Interference.choosing(pool, this::hang), Dialect.H2, SHORT)) {
                blocked.set(true);
                List<Future<StoreException>> answers = new ArrayList<>();
                for (int i = 0; i < CALLERS; i++) {
                    answers.add(callers.submit(
                            () -> assertThrows(StoreException.class, () -> store.snapshot("token:one"))));
                }
                for (Future<StoreException> answer : answers) {
                    String message = answer.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS)
                            .getMessage();
                    assertTrue(message.contains("no connection within 200 ms"), message);
                }
                assertTrue(most.get() <= MAX_THREADS, most + " threads");
                blocked.set(false);
                lifted.countDown();
                assertEquals(1, CrashingNode.retry(store::epoch));
            }
        }

        @Test
        void namesThePoolToACallerThatHoldsItsLastConnection() throws SQLException {
            HikariConfig config = new HikariConfig();
            config.setDataSource(pool);
            config.setMaximumPoolSize(2);
            try (HikariDataSource two = new HikariDataSource(config);
                    JdbcStore store = open(two, Dialect.H2, SHORT)) {
                try (Connection host = two.getConnection()) {
                    host.setAutoCommit(false);
                    StoreException fault = assertThrows(StoreException.class, store::epoch);
                    assertTrue(fault.getMessage().contains("pool"), fault.getMessage());
                }
                assertEquals(1, CrashingNode.retry(store::epoch));
            }
        }
    }
}
