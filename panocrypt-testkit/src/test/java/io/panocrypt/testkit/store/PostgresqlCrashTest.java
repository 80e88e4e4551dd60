package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.testkit.support.DebianPostgresql;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Kills a node, Debian's PostgreSQL, or both, while two nodes edit and spend from one grant, and checks what is left.
 */
class PostgresqlCrashTest {
    private static final int USES = 100_000_000;
    private static final String SURVIVOR = "node-b";

    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** What is killed: the node only, or the server too. */
    private enum Victim {
        NODE,
        BOTH
    }

    @Test
    void keepsWhatWasCommittedOverTwoKills() throws Exception {
        crash(1, 1);
    }

    /** Most kills hit the server, since starting a node takes longer than the server's recovery. */
    @Test
    @Tag("long")
    void keepsWhatWasCommittedOverManyKills() throws Exception {
        int serverKills = 3;
        crash(Integer.getInteger("panocrypt.kills", 80) / (serverKills + 1), serverKills);
    }

    @Test
    void refusesAServerThatDoesNotSync() throws Exception {
        try (DebianPostgresql server = DebianPostgresql.start()) {
            server.put("postgresql.auto.conf", "fsync = off\n".getBytes(StandardCharsets.US_ASCII));
            server.kill();
            server.restart();
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setUrl(url(server));
            StoreException refusal = assertThrows(
                    StoreException.class,
                    () -> JdbcStore.open(source, Dialect.POSTGRESQL, "n", InstantSource.system(), SchemaMode.CREATE));
            assertTrue(refusal.getMessage().contains("fsync is off"), refusal.getMessage());
        }
    }

    /**
     * Starts a node {@code lives} times. In each run the server is killed {@code serverKills} times before the node is,
     * alone or with the server.
     */
    private void crash(int lives, int serverKills) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (DebianPostgresql server = DebianPostgresql.start();
                HikariDataSource pool = CrashingNode.pool(url(server));
                JdbcStore survivor = CrashingNode.retryUntilDone(() -> JdbcStore.open(
                        pool, Dialect.POSTGRESQL, SURVIVOR, InstantSource.system(), SchemaMode.CREATE))) {
            assertEquals("on/on", settings(pool), "this server would lose what it has committed");
            prepare(survivor);
            Set<String> committed = ConcurrentHashMap.newKeySet();
            for (int life = 0; life < lives; life++) {
                Victim victim = Victim.values()[life % Victim.values().length];
                List<Integer> delays =
                        random.ints(serverKills + 2L, 0, 300).boxed().toList();
                String when = "life " + life + ", " + victim + " killed at last, seed " + seed;
                committed.addAll(load(server, survivor, victim, life, delays, committed::add));
                verify(pool, survivor, committed, when);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static String url(DebianPostgresql server) {
        return "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user=" + DebianPostgresql.USER
                + "&connectTimeout=2&socketTimeout=10";
    }

    private static String settings(HikariDataSource pool) throws SQLException {
        return query(pool, "SELECT current_setting('fsync') || '/' || current_setting('synchronous_commit')");
    }

    private static void prepare(JdbcStore store) {
        Instant now = store.outboxStatus().now();
        PolicyRecord device =
                new PolicyRecord(PolicyRecord.DEVICE, "dev-1", 1, "{}", Set.of(CrashingNode.TOKEN), Set.of());
        Grant grant = new Grant("g", "dev-1", USES, USES, now, now.plus(Duration.ofDays(1)), "{}");
        store.apply(new PolicyEdit(
                new JournalEntry("setup", JournalEntry.Kind.AUDIT, now, null, "{}"),
                List.of(new PolicyEdit.Change.Put(device)),
                null,
                false,
                List.of(),
                List.of(grant),
                List.of()));
    }

    /** Returns what the node committed. It must commit again after each kill of the server that it survives. */
    private Set<String> load(
            DebianPostgresql server,
            JdbcStore survivor,
            Victim victim,
            int life,
            List<Integer> delays,
            Consumer<String> told)
            throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        List<Future<?>> own = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            String prefix = "s" + life + "-" + thread + "-";
            own.add(threads.submit(() -> CrashingNode.spend(survivor, prefix, told, done::get)));
        }
        own.add(threads.submit(() -> CrashingNode.edit(survivor, "s" + life, told, done::get)));
        Set<String> printed = new HashSet<>();
        Process node = startNode(url(server), "n" + life);
        try (BufferedReader lines = node.inputReader(StandardCharsets.UTF_8)) {
            BlockingQueue<String> ids = new LinkedBlockingQueue<>();
            Future<?> reader = threads.submit(() -> read(lines, ids));
            awaitWork(ids, printed);
            for (int delay : delays.subList(2, delays.size())) {
                pause(delay);
                server.kill();
                server.restart();
                awaitWork(ids, printed);
            }
            pause(delays.get(0));
            // Uses the handle, since Process.destroyForcibly also closes the stream being read.
            node.toHandle().destroyForcibly();
            if (victim == Victim.BOTH) {
                server.kill();
                server.restart();
            }
            assertTrue(node.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "the node lives on");
            pause(delays.get(1));
            reader.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
            ids.drainTo(printed);
        } finally {
            node.destroyForcibly();
            done.set(true);
        }
        for (Future<?> thread : own) {
            thread.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
        }
        return printed;
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Collects what the node has committed, then waits until it commits once more. */
    private static void awaitWork(BlockingQueue<String> ids, Set<String> printed) throws InterruptedException {
        ids.drainTo(printed);
        String next = ids.poll(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
        assertNotNull(next, "the node does no work");
        printed.add(next);
    }

    private static Process startNode(String url, String prefix) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingNode.class.getName(),
                        url,
                        prefix)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static @Nullable Void read(BufferedReader lines, BlockingQueue<String> ids) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.endsWith(CrashingNode.MARK)) {
                ids.add(line.replace(CrashingNode.MARK, ""));
            }
        }
        return null;
    }

    private static void verify(HikariDataSource pool, JdbcStore store, Set<String> committed, String when)
            throws SQLException {
        List<JournalRow> rows = IntactChains.rows(store, when);
        Set<String> kept = new HashSet<>();
        rows.forEach(row -> kept.add(row.entry().id()));
        assertEquals(2, store.heads().size(), when);
        assertEquals(kept.size(), rows.size(), "an id stands twice, " + when);
        kept.remove("setup");
        Set<String> lost = new HashSet<>(committed);
        lost.removeAll(kept);
        assertEquals(Set.of(), lost, when);
        long edits =
                kept.stream().filter(id -> id.startsWith(CrashingNode.EDIT)).count();
        long spends = kept.size() - edits;
        assertEquals(1 + edits, store.epoch(), "an edit has moved the epoch without its row, or not at all, " + when);
        assertEquals(USES - spends, store.grants("dev-1").get(0).usesLeft(), when);
        assertEquals("" + spends, query(pool, "SELECT COUNT(*) FROM panocrypt_outbox"), when);
    }

    private static String query(HikariDataSource pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertTrue(rows.next());
            return rows.getString(1);
        }
    }
}
