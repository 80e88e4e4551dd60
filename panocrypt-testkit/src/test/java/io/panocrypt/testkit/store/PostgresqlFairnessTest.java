package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests that a waiting node gets its turn before the busy one gets another. The waiting server process is stopped while
 * the busy node continues, which simulates an extremely late wake-up on an overloaded machine.
 */
class PostgresqlFairnessTest {
    private static final String DEVICE = "dev-1";

    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final List<HikariDataSource> pools = new ArrayList<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final Gate gate = new Gate();
    private String schema;
    private JdbcStore busy;
    private JdbcStore other;

    @BeforeEach
    void openNodes() throws SQLException {
        schema = PostgresqlServer.get().newSchema();
        busy = JdbcStore.open(
                Interference.between(pool(), gate),
                Dialect.POSTGRESQL,
                "busy",
                InstantSource.system(),
                JdbcSettings.DEFAULTS.with(TestTimeout.MAX));
        other = open("other");
        Instant now = busy.clock().instant();
        PolicyRecord device = new PolicyRecord(PolicyRecord.DEVICE, DEVICE, 1, "{}", Set.of("token:one"), Set.of());
        Grant grant = new Grant("g", DEVICE, 100, 100, now, now.plus(Duration.ofHours(1)), "{}");
        assertEquals(
                new WriteResult.Written(),
                other.write(
                        StoreWrite.of(entry()).put(device).grant(List.of(grant)).build()));
    }

    @AfterEach
    void closeNodes() throws Exception {
        gate.open();
        callers.shutdown();
        assertTrue(callers.awaitTermination(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "a caller still waits");
        busy.close();
        other.close();
        pools.forEach(HikariDataSource::close);
        PostgresqlServer.get().drop(schema);
    }

    private HikariDataSource pool() {
        HikariDataSource pool = PostgresqlServer.get().pool(schema, 4);
        pools.add(pool);
        return pool;
    }

    private JdbcStore open(String node) {
        return JdbcStore.open(
                pool(), Dialect.POSTGRESQL, node, InstantSource.system(), JdbcSettings.DEFAULTS.with(TestTimeout.MAX));
    }

    private JournalEntry entry() {
        return new JournalEntry(
                "e-" + ids.incrementAndGet(), JournalEntry.Kind.UNLOCK, Instant.ofEpochMilli(0), DEVICE, "{}");
    }

    private WriteResult spend(JdbcStore node) {
        return node.write(StoreWrite.of(entry())
                .inEpoch(1L)
                .require(PolicyRecord.DEVICE, DEVICE, 1)
                .spend(DEVICE, List.of("g"))
                .build());
    }

    private WriteResult edit(JdbcStore node) {
        return node.write(StoreWrite.of(entry()).growEpoch(true).build());
    }

    @Test
    void spendsTheSameGrant() throws Exception {
        assertEquals(new WriteResult.Written(), inTurn(() -> spend(busy), () -> spend(other)));
    }

    @Test
    void editsBesideOneThatSpends() throws Exception {
        assertEquals(new WriteResult.Written(), inTurn(() -> spend(busy), () -> edit(other)));
    }

    @Test
    void spendsBesideOneThatEdits() throws Exception {
        assertEquals(
                new WriteResult.OtherEpoch(), inTurn(() -> edit(busy), () -> spend(other)), "the epoch is another");
    }

    @Test
    void editsBesideOneThatEdits() throws Exception {
        assertEquals(new WriteResult.Written(), inTurn(() -> edit(busy), () -> edit(other)));
    }

    @Test
    void startsBesideOneThatEdits() throws Exception {
        inTurn(() -> edit(busy), () -> open("late")).close();
    }

    /** Returns the result of the waiting node. It must get its turn between two acts of the busy node. */
    private <T> T inTurn(Callable<?> act, Callable<T> waiting) throws Exception {
        gate.shut();
        Future<?> first = callers.submit(act);
        await("the busy node does not commit", () -> gate.arrivals() == 1);
        Future<T> patient = callers.submit(waiting);
        await("the other does not wait", () -> blocked(0) > 0);
        int stopped = blocked(0);
        Future<?> second;
        boolean wentFirst;
        signal("STOP", stopped);
        try {
            second = callers.submit(act);
            gate.letOnePass();
            first.get();
            await("the busy node neither commits nor waits", () -> gate.arrivals() == 2 || blocked(stopped) > 0);
            wentFirst = gate.arrivals() == 2;
        } finally {
            signal("CONT", stopped);
        }
        gate.open();
        T answer = patient.get();
        second.get();
        assertFalse(wentFirst, "the busy node has had another turn before the one that waits");
        return answer;
    }

    private static void await(String problem, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TestTimeout.MAX.toNanos();
        while (!condition.call()) {
            assertTrue(System.nanoTime() < end, problem);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    private static void signal(String name, int process) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process)).start();
        assertEquals(0, kill.waitFor(), "no signal");
    }

    /**
     * A server process that waits for a lock, except the given one; 0 if there is none. Only these tests use the server
     * now.
     */
    private int blocked(int except) throws SQLException {
        try (Connection connection = pools.get(0).getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid <> " + except)) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }

    /** Delays the commits of a node while it is shut. */
    private static final class Gate implements Interference {
        private boolean shut;
        private int arrivals;
        private int passes;

        synchronized void shut() {
            shut = true;
        }

        synchronized void open() {
            shut = false;
            notifyAll();
        }

        synchronized void letOnePass() {
            passes++;
            notifyAll();
        }

        synchronized int arrivals() {
            return arrivals;
        }

        @Override
        public synchronized void before(String sql) throws SQLException {
            if (!shut || !sql.equals("COMMIT")) {
                return;
            }
            arrivals++;
            try {
                while (shut && passes == 0) {
                    wait();
                }
            } catch (InterruptedException e) {
                throw new SQLException(e);
            }
            passes = Math.max(0, passes - 1);
        }

        @Override
        public void after(String sql) {
            // Only the time before the statement matters.
        }
    }
}
