package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several nodes on one PostgreSQL, and their names, which the contracts do not test. */
class PostgresqlNodesTest {
    private static final int NODES = 4;
    private static final int CLIENTS = 32;
    private static final String DEVICE = "dev-1";

    /** Long, so a busy machine causes no failures. */
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final List<HikariDataSource> pools = new ArrayList<>();
    private final AtomicInteger ids = new AtomicInteger();
    private String schema;

    @BeforeEach
    void makeSchema() throws SQLException {
        schema = PostgresqlServer.get().newSchema();
    }

    @AfterEach
    void dropSchema() throws Exception {
        callers.shutdown();
        assertTrue(callers.awaitTermination(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "a caller still waits");
        pools.forEach(HikariDataSource::close);
        PostgresqlServer.get().drop(schema);
    }

    private HikariDataSource pool() {
        HikariDataSource pool = PostgresqlServer.get().pool(schema, 8);
        pools.add(pool);
        return pool;
    }

    private JdbcStore open(String node) {
        return open(pool(), node, SchemaMode.CREATE);
    }

    private static JdbcStore open(HikariDataSource pool, String node, SchemaMode mode) {
        return JdbcStore.open(
                pool,
                Dialect.POSTGRESQL,
                node,
                InstantSource.system(),
                JdbcSettings.DEFAULTS.with(mode).with(TIMEOUT));
    }

    private JournalEntry entry() {
        return new JournalEntry(
                "e-" + ids.incrementAndGet(), JournalEntry.Kind.UNLOCK, Instant.ofEpochMilli(0), DEVICE, "{}");
    }

    private StoreWrite edit(boolean bump, List<Change> changes, Grant... grants) {
        return StoreWrite.of(entry())
                .growEpoch(bump)
                .change(changes)
                .grant(List.of(grants))
                .build();
    }

    private static Change device() {
        return new Change.Put(new PolicyRecord(PolicyRecord.DEVICE, DEVICE, 1, "{}", Set.of("token:one"), Set.of()));
    }

    private static Grant grant(String id, int uses, Instant now) {
        return new Grant(id, DEVICE, uses, uses, now, now.plus(Duration.ofHours(1)), "{}");
    }

    private StoreWrite commit(long epoch, String... grants) {
        return StoreWrite.of(entry())
                .inEpoch(epoch)
                .require(PolicyRecord.DEVICE, DEVICE, 1)
                .spend(DEVICE, List.of(grants))
                .build();
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = pools.get(0).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String query(String sql) throws SQLException {
        try (Connection connection = pools.get(0).getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertTrue(rows.next());
            return rows.getString(1);
        }
    }

    @Nested
    class Names {
        @Test
        void hasOneHolderAtATime() {
            try (JdbcStore first = open("n")) {
                StoreException refusal = assertThrows(StoreException.class, () -> open("n"));
                assertTrue(refusal.getMessage().contains("another process is the node n"), refusal.getMessage());
                first.write(StoreWrite.of(entry()).build());
            }
            try (JdbcStore second = open("n")) {
                second.write(StoreWrite.of(entry()).build());
                IntactChains.rows(second, "second");
                assertEquals(2, second.heads().get(0).sequence());
            }
        }

        @Test
        void isTakenByOneOfManyThatComeTogether() throws Exception {
            open("other").close();
            List<Future<JdbcStore>> candidates = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                candidates.add(callers.submit(() -> {
                    try {
                        return open("n");
                    } catch (StoreException e) {
                        return null;
                    }
                }));
            }
            List<JdbcStore> holders = new ArrayList<>();
            for (Future<JdbcStore> candidate : candidates) {
                if (candidate.get() != null) {
                    holders.add(candidate.get());
                }
            }
            assertEquals(1, holders.size());
            holders.get(0).write(StoreWrite.of(entry()).build());
            holders.get(0).close();
        }

        @Test
        void isKeptOverABrokenConnection() throws Exception {
            try (JdbcStore store = open("n")) {
                store.write(StoreWrite.of(entry()).build());
                breakConnections();
                JournalEntry entry = entry();
                assertThrows(
                        StoreException.class,
                        () -> store.write(StoreWrite.of(entry).build()));
                store.write(StoreWrite.of(entry).build());
                assertThrows(StoreException.class, () -> open("n"));
                IntactChains.rows(store, "store");
                assertEquals(2, store.heads().get(0).sequence());
            }
        }

        @Test
        void isLostForEverToWhoCameWhileTheConnectionWasBroken() throws Exception {
            try (JdbcStore loser = open("n")) {
                loser.write(StoreWrite.of(entry()).build());
                breakConnections();
                try (JdbcStore winner = open("n")) {
                    winner.write(StoreWrite.of(entry()).build());
                    JournalEntry late = entry();
                    assertThrows(
                            StoreException.class,
                            () -> loser.write(StoreWrite.of(late).build()));
                    assertThrows(
                            StoreException.class,
                            () -> loser.write(StoreWrite.of(late).build()));
                    assertThrows(StoreException.class, loser::epoch, "readiness must tell");
                    winner.write(StoreWrite.of(entry()).build());
                    IntactChains.rows(winner, "winner");
                    assertEquals(3, winner.heads().get(0).sequence());
                }
            }
        }

        /** Ends the sessions of this schema's nodes, like a firewall or an administrator. */
        private void breakConnections() throws SQLException {
            query("SELECT COUNT(pg_terminate_backend(l.pid)) FROM pg_locks l WHERE l.locktype = 'advisory'"
                    + " AND l.classid = CAST('" + schema + ".panocrypt_node' AS regclass)::oid");
        }
    }

    @Nested
    class Schema {
        @Test
        void isCreatedOnceByNodesThatStartTogether() throws Exception {
            for (int round = 0; round < 3; round++) {
                makeSchema();
                List<Future<?>> nodes = new ArrayList<>();
                for (int node = 0; node < 8; node++) {
                    HikariDataSource pool = PostgresqlServer.get().pool(schema, 2);
                    pools.add(0, pool);
                    String name = "node-" + node;
                    nodes.add(callers.submit(() -> {
                        try (JdbcStore store = open(pool, name, SchemaMode.CREATE)) {
                            store.write(StoreWrite.of(entry()).build());
                        }
                    }));
                }
                for (Future<?> node : nodes) {
                    node.get();
                }
                assertEquals("1", query("SELECT COUNT(*) FROM panocrypt_schema"));
                assertEquals("8", query("SELECT COUNT(DISTINCT chain) FROM panocrypt_journal"));
            }
        }

        @Test
        void isValidWhereADbaHasRunTheScript() throws SQLException {
            HikariDataSource pool = pool();
            assertThrows(StoreException.class, () -> open(pool, "n", SchemaMode.VALIDATE));
            run(JdbcStore.schema(Dialect.POSTGRESQL));
            try (JdbcStore store = open(pool, "n", SchemaMode.VALIDATE)) {
                assertEquals(1, store.epoch());
            }
        }

        @Test
        void refusesANewerVersion() throws SQLException {
            open("n").close();
            run("INSERT INTO panocrypt_schema (version, applied_ms) VALUES (999, 0)");
            StoreException refusal = assertThrows(StoreException.class, () -> open("n"));
            assertTrue(refusal.getMessage().contains("999"), refusal.getMessage());
        }
    }

    @Nested
    class Time {
        @Test
        void isTheServersWhateverANodesClockShows() {
            MutableClock wrong = new MutableClock(Instant.parse("2001-01-01T00:00:00Z"));
            try (JdbcStore store = JdbcStore.open(
                    pool(), Dialect.POSTGRESQL, "n", wrong, JdbcSettings.DEFAULTS.with(TestTimeout.MAX))) {
                for (Duration jump : List.of(Duration.ZERO, Duration.ofHours(1), Duration.ofHours(-2))) {
                    wrong.advance(jump);
                    Instant server = store.outboxStatus().now();
                    Duration off =
                            Duration.between(server, store.clock().instant()).abs();
                    assertTrue(off.compareTo(TIMEOUT) < 0, off + " off after a jump of " + jump);
                }
            }
        }

        @Test
        void endsAGrantOnEveryNode() {
            MutableClock wrong = new MutableClock(Instant.parse("2001-01-01T00:00:00Z"));
            try (JdbcStore store = JdbcStore.open(
                    pool(), Dialect.POSTGRESQL, "n", wrong, JdbcSettings.DEFAULTS.with(TestTimeout.MAX))) {
                Instant now = store.clock().instant();
                Grant over = new Grant("over", DEVICE, 1, 1, now.minusSeconds(60), now.minusSeconds(5), "{}");
                store.write(edit(false, List.of(device()), over, grant("open", 1, now)));
                assertEquals(new WriteResult.NotSpendable(), store.write(commit(1, "over")));
                assertEquals(new WriteResult.Written(), store.write(commit(1, "open")));
            }
        }
    }

    @Nested
    class Durability {
        @Test
        void isAskedForWhereTheServersDefaultIsNone() throws SQLException {
            HikariDataSource pool = pool();
            run("ALTER ROLE postgres SET synchronous_commit = off");
            try {
                HikariDataSource lazy = pool();
                AtomicBoolean on = new AtomicBoolean();
                Interference listener = new Interference() {
                    @Override
                    public void before(String sql) {
                        on.compareAndSet(false, sql.equals("SET synchronous_commit = on"));
                    }

                    @Override
                    public void after(String sql) {
                        // Only the time before the statement matters.
                    }
                };
                JdbcStore.open(
                                Interference.between(lazy, listener),
                                Dialect.POSTGRESQL,
                                "n",
                                InstantSource.system(),
                                JdbcSettings.DEFAULTS.with(TestTimeout.MAX))
                        .close();
                assertTrue(on.get(), "commits would be lost in a crash");
            } finally {
                run("ALTER ROLE postgres RESET synchronous_commit");
            }
            pool.close();
        }
    }

    @Nested
    class Contention {
        @Test
        void spendsEachUseOnceOnFourNodes() throws Exception {
            contend(5);
        }

        @Test
        @Tag("long")
        void spendsEachUseOnceOnFourNodesAHundredTimes() throws Exception {
            contend(100);
        }

        /** Each client spends two grants at once, in either order, or one of them. */
        private void contend(int rounds) throws Exception {
            List<JdbcStore> nodes = nodes();
            try {
                JdbcStore first = nodes.get(0);
                for (int round = 0; round < rounds; round++) {
                    Instant now = first.snapshot("token:one").orElseThrow().now();
                    int uses = 1 + round % 40;
                    String a = "a" + round;
                    String b = "b" + round;
                    first.write(edit(round % 3 == 0, List.of(), grant(a, uses, now), grant(b, 1_000, now)));
                    long epoch = first.epoch();
                    List<Future<WriteResult>> answers = new ArrayList<>();
                    for (int client = 0; client < CLIENTS; client++) {
                        JdbcStore node = nodes.get(client % NODES);
                        String[] order = client % 8 < 4 ? new String[] {a, b} : new String[] {b, a};
                        StoreWrite commit = commit(epoch, order);
                        answers.add(callers.submit(() -> node.write(commit)));
                    }
                    int committed = 0;
                    for (Future<WriteResult> answer : answers) {
                        committed += answer.get().isWritten() ? 1 : 0;
                    }
                    assertEquals(Math.min(uses, CLIENTS), committed, "round " + round);
                    assertEquals("" + (1_000 - committed), query(usesLeft(b)));
                    assertEquals("" + (uses - committed), query(usesLeft(a)));
                }
                IntactChains.rows(first, "first");
            } finally {
                nodes.forEach(JdbcStore::close);
            }
        }

        private static String usesLeft(String grant) {
            return "SELECT uses_left FROM panocrypt_device_grant WHERE id = '" + grant + "'";
        }

        private List<JdbcStore> nodes() {
            List<JdbcStore> nodes = new ArrayList<>(
                    IntStream.range(0, NODES).mapToObj(node -> open("n" + node)).toList());
            assertEquals(new WriteResult.Written(), nodes.get(0).write(edit(false, List.of(device()))));
            return nodes;
        }

        /** PostgreSQL lets the holder of a row lock it again before a waiter wakes up. */
        @Test
        void givesANodeItsTurnBesideABusyOneThatSpendsTheSameGrant() throws Exception {
            AtomicBoolean done = new AtomicBoolean();
            AtomicInteger others = new AtomicInteger();
            List<Future<?>> load = new ArrayList<>();
            try (JdbcStore busy = open("busy");
                    JdbcStore patient = open("patient")) {
                Instant now = busy.clock().instant();
                busy.write(edit(false, List.of(device()), grant("g", 100_000_000, now)));
                try {
                    for (int burner = 0; burner < 2; burner++) {
                        load.add(callers.submit(() -> {
                            while (!done.get()) {
                                Thread.onSpinWait();
                            }
                        }));
                    }
                    for (int client = 0; client < 16; client++) {
                        load.add(callers.submit(() -> {
                            while (!done.get()) {
                                assertEquals(new WriteResult.Written(), busy.write(commit(1, "g")));
                                others.incrementAndGet();
                            }
                        }));
                    }
                    List<Integer> passed = new ArrayList<>();
                    for (int turn = 0; turn < 30; turn++) {
                        int before = others.get();
                        assertEquals(new WriteResult.Written(), patient.write(commit(1, "g")));
                        passed.add(others.get() - before);
                    }
                    System.out.println("commits of the busy node during one of the other: " + passed);
                    assertTrue(
                            passed.stream().mapToInt(Integer::intValue).sum() < 30 * 16 * 8,
                            "the busy node went first too often: " + passed);
                } finally {
                    done.set(true);
                }
                for (Future<?> one : load) {
                    one.get();
                }
                assertEquals("" + (100_000_000 - others.get() - 30), query(usesLeft("g")));
            }
        }

        /** Tests every node. No edit has to wait for a pause in their work. */
        @Test
        void commitsNothingUnderAnOldEpochOnceAnEditHasReturned() throws Exception {
            List<JdbcStore> nodes = nodes();
            AtomicBoolean done = new AtomicBoolean();
            List<Future<Integer>> loads = new ArrayList<>();
            try {
                long[] returned = {nodes.get(0).epoch()};
                Object lock = new Object();
                for (int client = 0; client < 16; client++) {
                    JdbcStore node = nodes.get(client % NODES);
                    loads.add(callers.submit(() -> {
                        int late = 0;
                        while (!done.get()) {
                            long seen = node.snapshot("token:one").orElseThrow().epoch();
                            long newest;
                            synchronized (lock) {
                                newest = returned[0];
                            }
                            WriteResult result = node.write(commit(seen));
                            late += result.isWritten() && seen < newest ? 1 : 0;
                        }
                        return late;
                    }));
                }
                List<Long> millis = new ArrayList<>();
                for (int i = 0; i < 40; i++) {
                    long start = System.nanoTime();
                    // An edit that had to wait for a pause would fail.
                    assertEquals(new WriteResult.Written(), nodes.get(i % NODES).write(edit(true, List.of())));
                    millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
                    long epoch = nodes.get(i % NODES).epoch();
                    synchronized (lock) {
                        returned[0] = epoch;
                    }
                }
                done.set(true);
                for (Future<Integer> load : loads) {
                    assertEquals(0, load.get(), "commits under an old epoch");
                }
                Collections.sort(millis);
                System.out.println(
                        "edits under load: median " + millis.get(20) + " ms, worst " + millis.get(39) + " ms; "
                                + nodes.get(0).heads().stream()
                                        .mapToLong(ChainHead::sequence)
                                        .sum() + " rows");
            } finally {
                done.set(true);
                nodes.forEach(JdbcStore::close);
            }
        }
    }
}
