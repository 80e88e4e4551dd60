package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteDataSource;

class JdbcStoreTest {
    private static final String TOKEN = "token:one";
    private static final int QUEUE_LIMIT = 1_024;
    /** Long, so no caller gives up while a test makes it wait. */
    private static final Duration TIMEOUT = TestTimeout.MAX;

    @TempDir
    private Path folder;

    private final MutableClock clock = new MutableClock(Instant.parse("2026-10-25T01:30:00Z"));
    private final Gate gate = new Gate();
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private DataSource file;

    @BeforeEach
    void chooseFile() {
        file = SqliteFixture.file(folder.resolve("store.db"));
    }

    @AfterEach
    void endCallers() throws InterruptedException {
        gate.lift();
        callers.shutdown();
        assertTrue(callers.awaitTermination(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "a caller still waits");
    }

    private JdbcStore open(DataSource source, SchemaMode mode) {
        return JdbcStore.open(
                source,
                Dialect.SQLITE,
                "node-a",
                clock,
                JdbcSettings.DEFAULTS.with(mode).with(TIMEOUT));
    }

    private JdbcStore openGated() {
        return openGated(TIMEOUT);
    }

    private JdbcStore openGated(Duration timeout) {
        DataSource gated = Interference.between(file, gate);
        JdbcStore store = JdbcStore.open(gated, Dialect.SQLITE, "node-a", clock, JdbcSettings.DEFAULTS.with(timeout));
        store.write(edit("setup", device(1, "{}"), grant(5)));
        return store;
    }

    private StoreWrite edit(String id, PolicyRecord record, Grant... grants) {
        JournalEntry audit = new JournalEntry(id, JournalEntry.Kind.AUDIT, clock.instant(), null, "{}");
        return StoreWrite.of(audit).put(record).grant(List.of(grants)).build();
    }

    private static PolicyRecord device(long version, String body) {
        return new PolicyRecord(PolicyRecord.DEVICE, "dev-1", version, body, Set.of(TOKEN), Set.of());
    }

    private Grant grant(int uses) {
        Instant now = clock.instant();
        return new Grant("g", "dev-1", uses, uses, now, now.plusSeconds(60), "{}");
    }

    private JournalEntry entry(String id) {
        return new JournalEntry(id, JournalEntry.Kind.UNLOCK, clock.instant(), "dev-1", "{}");
    }

    private StoreWrite commit(String id, long version) {
        return StoreWrite.of(entry(id))
                .inEpoch(1L)
                .require(PolicyRecord.DEVICE, "dev-1", version)
                .spend("dev-1", List.of("g"))
                .build();
    }

    private static List<String> chain(JdbcStore store) {
        return IntactChains.rows(store, "afterwards").stream()
                .map(row -> row.entry().id())
                .toList();
    }

    @Nested
    class WhenACommitTakesItsTime {
        @Test
        void answersNobodyBeforeTheCommitHasReturned() throws Exception {
            try (JdbcStore store = openGated()) {
                gate.shut();
                Future<WriteResult> answer = callers.submit(() -> store.write(commit("c", 1)));
                gate.awaitArrival();
                assertFalse(answer.isDone());
                assertEquals(5, store.grants("dev-1").get(0).usesLeft());
                gate.lift();
                assertEquals(new WriteResult.Written(), answer.get());
                assertEquals(4, store.grants("dev-1").get(0).usesLeft());
            }
        }

        @Test
        void readsWhatWasCommittedBefore() throws Exception {
            try (JdbcStore store = openGated()) {
                gate.shut();
                Future<?> answer = callers.submit(() -> store.write(edit("second", device(2, "{}"))));
                gate.awaitArrival();
                assertEquals(1, version(store));
                gate.lift();
                answer.get();
                assertEquals(2, version(store));
            }
        }

        private long version(JdbcStore store) {
            long version = store.snapshot(TOKEN).orElseThrow().device().version();
            assertEquals(
                    version,
                    store.get(PolicyRecord.DEVICE, "dev-1").orElseThrow().version());
            return version;
        }

        @Test
        void commitsWhatWaitsInOneTransaction() throws Exception {
            try (JdbcStore store = openGated()) {
                gate.shut();
                List<Future<WriteResult>> answers = new ArrayList<>();
                answers.add(callers.submit(() -> store.write(commit("first", 1))));
                gate.awaitArrival();
                answers.add(callers.submit(() -> store.write(commit("twice", 1))));
                answers.add(callers.submit(() -> store.write(commit("twice", 1))));
                answers.add(callers.submit(() -> store.write(commit("stale", 9))));
                awaitQueued(3);
                gate.lift();
                List<WriteResult> results = new ArrayList<>();
                for (Future<WriteResult> answer : answers) {
                    results.add(answer.get());
                }
                WriteResult yes = new WriteResult.Written();
                assertEquals(List.of(yes, yes, yes, new WriteResult.Stale(PolicyRecord.DEVICE, "dev-1")), results);
                assertEquals(List.of("setup", "first", "twice"), chain(store));
                assertEquals(3, store.grants("dev-1").get(0).usesLeft());
            }
        }

        @Test
        void refusesWritesWhenTooManyWait() throws Exception {
            try (JdbcStore store = openGated()) {
                gate.shut();
                List<Future<?>> answers = new ArrayList<>();
                answers.add(callers.submit(
                        () -> store.write(StoreWrite.of(entry("first")).build())));
                gate.awaitArrival();
                for (int i = 0; i < QUEUE_LIMIT; i++) {
                    String id = "e-" + i;
                    answers.add(callers.submit(
                            () -> store.write(StoreWrite.of(entry(id)).build())));
                }
                awaitQueued(QUEUE_LIMIT);
                assertThrows(
                        StoreException.class,
                        () -> store.write(StoreWrite.of(entry("one too many")).build()));
                gate.lift();
                for (Future<?> answer : answers) {
                    answer.get();
                }
                assertEquals(QUEUE_LIMIT + 2, store.heads().get(0).sequence());
            }
        }

        @Test
        void finishesWhatWaitsWhenClosed() throws Exception {
            JdbcStore store = openGated();
            gate.shut();
            Future<WriteResult> first = callers.submit(() -> store.write(commit("c1", 1)));
            gate.awaitArrival();
            Future<WriteResult> second = callers.submit(() -> store.write(commit("c2", 1)));
            awaitQueued(1);
            Future<?> closing = callers.submit(store::close);
            gate.lift();
            closing.get();
            assertEquals(new WriteResult.Written(), first.get());
            assertEquals(new WriteResult.Written(), second.get());
            assertThrows(StoreException.class, () -> store.write(commit("c3", 1)));
            assertThrows(StoreException.class, store::epoch);
            store.close();
            try (JdbcStore again = open(file, SchemaMode.VALIDATE)) {
                assertEquals(List.of("setup", "c1", "c2"), chain(again));
            }
        }

        @Test
        void letsAnInterruptedCallerGo() throws Exception {
            try (JdbcStore store = openGated()) {
                gate.shut();
                Future<Boolean> flag = callers.submit(() -> {
                    Thread.currentThread().interrupt();
                    assertThrows(StoreException.class, () -> store.write(commit("c", 1)));
                    return Thread.interrupted();
                });
                assertTrue(flag.get(), "the interrupt flag is lost");
                gate.lift();
                assertEquals(new WriteResult.Written(), store.write(commit("c", 1)));
                assertEquals(4, store.grants("dev-1").get(0).usesLeft());
            }
        }

        /** Waits until this many callers wait for the result of submitted work. */
        private void awaitQueued(int number) {
            long deadline = System.nanoTime() + TestTimeout.MAX.toNanos();
            while (waiting() < number + 1) {
                assertTrue(System.nanoTime() < deadline, "the callers did not come to wait");
                Thread.onSpinWait();
            }
        }

        /** Counts the callers parked in the store, including the one in the running batch. */
        private long waiting() {
            return Thread.getAllStackTraces().values().stream()
                    .filter(stack -> Arrays.stream(stack)
                            .anyMatch(frame -> frame.getClassName().endsWith("GroupCommitter")
                                    && frame.getMethodName().equals("call")))
                    .filter(stack -> Arrays.stream(stack)
                            .anyMatch(frame -> frame.getMethodName().equals("park")))
                    .count();
        }
    }

    @Nested
    class WhenACommitFails {
        @ParameterizedTest
        @EnumSource
        void throwsAndGoesOnByItself(Gate.Fault where) {
            try (JdbcStore store = openGated()) {
                gate.failOnce(where);
                assertThrows(StoreException.class, () -> store.write(commit("c", 1)));
                int spent = where == Gate.Fault.AFTER ? 1 : 0;
                assertEquals(5 - spent, store.grants("dev-1").get(0).usesLeft());
                assertEquals(new WriteResult.Written(), store.write(commit("c", 1)));
                assertEquals(4, store.grants("dev-1").get(0).usesLeft());
                assertEquals(List.of("setup", "c"), chain(store));
            }
        }

        @Test
        void throwsWhenTheDatabaseIsLockedAndGoesOnAfterwards() throws SQLException {
            try (JdbcStore store = openGated();
                    Connection other = file.getConnection();
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                assertThrows(StoreException.class, () -> store.write(commit("c", 1)));
                statement.execute("ROLLBACK");
                assertEquals(new WriteResult.Written(), store.write(commit("c", 1)));
            }
        }

        @Test
        void survivesAClockThatThrows() {
            JdbcStore.open(file, Dialect.SQLITE, "node-a", clock, JdbcSettings.DEFAULTS.with(TestTimeout.MAX))
                    .close();
            boolean[] broken = {true};
            InstantSource source = () -> {
                if (broken[0]) {
                    throw new IllegalStateException("no time, says the test");
                }
                return clock.instant();
            };
            try (JdbcStore store = JdbcStore.open(
                    file,
                    Dialect.SQLITE,
                    "node-a",
                    source,
                    JdbcSettings.DEFAULTS.with(SchemaMode.NONE).with(TestTimeout.MAX))) {
                store.write(edit("setup", device(1, "{}"), grant(5)));
                assertThrows(StoreException.class, () -> store.write(commit("c", 1)));
                broken[0] = false;
                assertEquals(new WriteResult.Written(), store.write(commit("c", 1)));
            }
        }
    }

    @Nested
    class Schema {
        @Test
        void refusesAnEmptyDatabaseWhenValidating() {
            StoreException refusal = assertThrows(StoreException.class, () -> open(file, SchemaMode.VALIDATE));
            assertTrue(refusal.getMessage().contains("SchemaMode.CREATE"), refusal.getMessage());
        }

        @Test
        void acceptsItsOwnVersion() {
            open(file, SchemaMode.CREATE).close();
            for (SchemaMode mode : SchemaMode.values()) {
                try (JdbcStore store = open(file, mode)) {
                    assertEquals(1, store.epoch());
                }
            }
        }

        @ParameterizedTest
        @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
        void refusesANewerVersion(SchemaMode mode) throws SQLException {
            open(file, SchemaMode.CREATE).close();
            try (Connection connection = file.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO panocrypt_schema (version, applied_ms) VALUES (999, 0)");
            }
            StoreException refusal = assertThrows(StoreException.class, () -> open(file, mode));
            assertTrue(refusal.getMessage().contains("999"), refusal.getMessage());
        }

        @Test
        void isCreatedOnceByNodesThatStartTogether() throws Exception {
            for (int round = 0; round < 5; round++) {
                DataSource fresh = SqliteFixture.file(folder.resolve("fresh-" + round + ".db"));
                List<Future<?>> nodes = new ArrayList<>();
                for (int node = 0; node < 8; node++) {
                    String name = "node-" + node;
                    nodes.add(callers.submit(() -> {
                        try (JdbcStore store = JdbcStore.open(
                                fresh, Dialect.SQLITE, name, clock, JdbcSettings.DEFAULTS.with(TestTimeout.MAX))) {
                            store.write(StoreWrite.of(entry(name)).build());
                        }
                    }));
                }
                for (Future<?> node : nodes) {
                    node.get();
                }
                assertEquals("1", query(fresh, "SELECT COUNT(*) = MAX(version) FROM panocrypt_schema"));
                assertEquals("8", query(fresh, "SELECT COUNT(DISTINCT chain) FROM panocrypt_journal"));
            }
        }

        @Test
        void refusesADatabaseThatIsNoFile() {
            SQLiteDataSource memory = new SQLiteDataSource();
            memory.setUrl("jdbc:sqlite::memory:");
            StoreException refusal = assertThrows(StoreException.class, () -> open(memory, SchemaMode.CREATE));
            assertTrue(refusal.getMessage().contains("write-ahead log"), refusal.getMessage());
        }
    }

    @Nested
    class OnSqlite {
        @Test
        void keepsAWriteAheadLog() throws SQLException {
            try (JdbcStore store = open(file, SchemaMode.CREATE)) {
                assertEquals(1, store.epoch());
                assertEquals("wal", query(file, "PRAGMA journal_mode"));
            }
        }

        /** This connection has its pages cached; other connections drop them at each commit. */
        @Test
        void readsADeviceByTheConnectionThatWrites() {
            try (JdbcStore store = open(giving(2), SchemaMode.CREATE)) {
                store.write(edit("setup", device(1, "{}")));
                assertEquals(1, versionSoon(store));
                assertThrows(StoreException.class, store::heads);
                store.write(edit("again", device(2, "{}")));
                assertEquals(2, versionSoon(store));
            }
        }

        /** Retries, since the writer answers a caller a moment before its connection is free. */
        private long versionSoon(JdbcStore store) {
            long deadline = System.nanoTime() + TestTimeout.MAX.toNanos();
            while (true) {
                try {
                    return store.snapshot(TOKEN).orElseThrow().device().version();
                } catch (StoreException e) {
                    if (System.nanoTime() > deadline) {
                        throw e;
                    }
                }
            }
        }

        @Test
        void readsWhatAnotherProcessHasWritten() {
            try (JdbcStore server = open(file, SchemaMode.CREATE);
                    JdbcStore tool = open(file, SchemaMode.VALIDATE)) {
                for (int version = 1; version < 20; version++) {
                    JdbcStore writing = version % 3 == 0 ? tool : server;
                    writing.write(edit("edit-" + version, device(version, "{}")));
                    for (JdbcStore reading : List.of(server, tool)) {
                        assertEquals(
                                version,
                                reading.snapshot(TOKEN).orElseThrow().device().version());
                    }
                }
            }
        }

        /** Returns at most this many connections. One is used to create the tables, and one stays with the writer. */
        private DataSource giving(int connections) {
            AtomicInteger left = new AtomicInteger(connections);
            return (DataSource) Proxy.newProxyInstance(
                    DataSource.class.getClassLoader(),
                    new Class<?>[] {DataSource.class},
                    (proxy, method, arguments) -> {
                        if (left.getAndDecrement() <= 0) {
                            throw new SQLException("no connection is left, says the test");
                        }
                        return method.invoke(file, arguments);
                    });
        }

        @Test
        void extendsOneChainFromTwoProcesses() throws Exception {
            try (JdbcStore server = open(file, SchemaMode.CREATE);
                    JdbcStore tool = open(file, SchemaMode.VALIDATE)) {
                List<Future<?>> answers = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    JdbcStore store = i % 2 == 0 ? server : tool;
                    String id = "e-" + i;
                    answers.add(callers.submit(
                            () -> store.write(StoreWrite.of(entry(id)).build())));
                }
                for (Future<?> answer : answers) {
                    answer.get();
                }
                assertEquals(200, chain(server).size());
            }
        }

        @Test
        void keepsNoCopyOfWhatAnEditHasOverwritten() throws IOException {
            String secret = "\"sealed-key-5d1f0c\"";
            try (JdbcStore store = open(file, SchemaMode.CREATE)) {
                store.write(edit("one", device(1, secret)));
                assertTrue(occursInFiles(secret), "the test looks in the wrong place");
                store.write(edit("two", device(2, "{}")));
                store.write(StoreWrite.of(entry("after")).build());
                store.write(StoreWrite.of(entry("later")).build());
                assertFalse(occursInFiles(secret), "a file keeps the overwritten body");
            }
        }

        private boolean occursInFiles(String text) throws IOException {
            try (var files = Files.list(folder)) {
                for (Path path : files.toList()) {
                    String content = Files.readString(path, StandardCharsets.ISO_8859_1);
                    if (content.contains(text)) {
                        return true;
                    }
                }
            }
            return false;
        }

        @Test
        void refusesPagesWithoutABound() {
            try (JdbcStore store = open(file, SchemaMode.CREATE)) {
                for (int limit : new int[] {-1, 0, 1_001}) {
                    assertThrows(IllegalArgumentException.class, () -> store.chain("node-a", 0, limit));
                    assertThrows(IllegalArgumentException.class, () -> store.scan("device", null, null, limit));
                }
            }
        }
    }

    private static String query(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.getString(1);
        }
    }
}
