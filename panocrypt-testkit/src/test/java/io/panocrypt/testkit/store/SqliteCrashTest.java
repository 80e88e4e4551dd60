package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repeatedly kills a working node, and checks what it left. */
class SqliteCrashTest {
    private static final int USES = 100_000_000;

    @TempDir
    private Path folder;

    @Test
    void keepsWhatWasCommittedOverTenKills() throws Exception {
        crash(10);
    }

    @Test
    @Tag("long")
    void keepsWhatWasCommittedOverManyKills() throws Exception {
        crash(Integer.getInteger("panocrypt.kills", 40));
    }

    private void crash(int rounds) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path file = folder.resolve("crash.db");
        prepare(file);
        Set<String> printed = new HashSet<>();
        for (int round = 0; round < rounds; round++) {
            List<String> ids = runAndKill(file, "r" + round, random.nextInt(200));
            assertFalse(ids.isEmpty(), "the node did no work in round " + round);
            printed.addAll(ids);
            verify(file, printed, "round " + round + " of seed " + seed);
        }
    }

    private static JdbcStore open(Path file) {
        return JdbcStore.open(
                SqliteFixture.file(file),
                Dialect.SQLITE,
                CrashingNode.NODE,
                InstantSource.system(),
                SchemaMode.CREATE,
                TestTimeout.MAX);
    }

    private static void prepare(Path file) {
        Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
        PolicyRecord device =
                new PolicyRecord(PolicyRecord.DEVICE, "dev-1", 1, "{}", Set.of(CrashingNode.TOKEN), Set.of());
        Grant grant = new Grant("g", "dev-1", USES, USES, now, now.plus(Duration.ofDays(1)), "{}");
        try (JdbcStore store = open(file)) {
            store.apply(new PolicyEdit(
                    new JournalEntry("setup", JournalEntry.Kind.AUDIT, now, null, "{}"),
                    List.of(new PolicyEdit.Change.Put(device)),
                    null,
                    false,
                    List.of(),
                    List.of(grant),
                    List.of()));
        }
    }

    /** Kills the node the given time after its first id; returns the printed ids. */
    private static List<String> runAndKill(Path file, String prefix, int millis) throws Exception {
        Process node = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingNode.class.getName(),
                        file.toString(),
                        prefix)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try (BufferedReader lines = node.inputReader(StandardCharsets.UTF_8)) {
            String first = lines.readLine();
            Future<List<String>> rest = reader.submit(() -> read(lines));
            assertFalse(node.waitFor(millis, TimeUnit.MILLISECONDS), "the node ended by itself");
            // Uses the handle, since Process.destroyForcibly also closes the stream being read.
            assertTrue(node.toHandle().destroyForcibly(), "the node was not killed");
            assertTrue(node.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "the node lives on");
            List<String> ids = new ArrayList<>(rest.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
            if (first != null) {
                ids.add(first.replace(CrashingNode.MARK, ""));
            }
            return ids;
        } finally {
            node.destroyForcibly();
            reader.shutdownNow();
        }
    }

    private static List<String> read(BufferedReader lines) throws IOException {
        List<String> ids = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.endsWith(CrashingNode.MARK)) {
                ids.add(line.replace(CrashingNode.MARK, ""));
            }
        }
        return ids;
    }

    private static void verify(Path file, Set<String> printed, String when) throws SQLException {
        try (JdbcStore store = open(file)) {
            Set<String> kept = new HashSet<>();
            IntactChains.rows(store, when).forEach(row -> kept.add(row.entry().id()));
            assertEquals(1, store.heads().size(), when);
            kept.remove("setup");
            Set<String> lost = new HashSet<>(printed);
            lost.removeAll(kept);
            assertEquals(Set.of(), lost, when);
            int left = store.grants("dev-1").get(0).usesLeft();
            assertEquals(USES - kept.size(), left, when);
            assertEquals(kept.size(), notices(SqliteFixture.file(file)), when);
        }
    }

    private static int notices(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM panocrypt_outbox")) {
            return rows.getInt(1);
        }
    }
}
