package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Exports, verifies and truncates histories on SQLite that are larger than the process's memory, and kills the process.
 */
@Tag("long")
class LongHistoryTest {
    /** Enough for the service and a thousand entries. */
    private static final String MEMORY = "-Xmx24m";

    /** Characters of an entry's note. */
    private static final int SHORT = 300;

    @TempDir
    private Path folder = Path.of("");

    private Process start(String command) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        MEMORY,
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Historian.class.getName(),
                        command,
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private String run(String command) throws Exception {
        Process process = start(command);
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "does not end");
        assertEquals(0, process.exitValue(), command + " failed");
        return printed;
    }

    @Test
    void needsNoMoreMemoryThanItHas() throws Exception {
        int rows = 200_000;
        Historian.fill(folder, rows, SHORT);
        run("export");
        assertTrue(Files.size(folder.resolve("export")) > 24 * 1024 * 1024, "the history would fit");
        String found = run("verify");
        assertTrue(found.startsWith("Verification[intact=true, rows=" + (rows + 2) + ","), found);
        assertEquals("cutting\n" + (rows + 1) + "\n", run("cut"));
        try (Historian historian = Historian.open(folder)) {
            Verification left = historian.service().history().verify();
            assertTrue(left.intact(), left.toString());
            assertEquals(rows + 1, left.chains().get(0).cut());
        }
    }

    /** A restore is killed again and again; until it has ended, no service opens what it leaves. */
    @Test
    void isBackedUpAndRestoredInTheSameMemoryThoughTheRestoreIsKilled() throws Exception {
        int rows = 40_000;
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Historian.fill(folder, rows, 2 * SHORT);
        run("backup");
        assertTrue(Files.size(folder.resolve("backup")) > 24 * 1024 * 1024, "the backup would fit");
        Path restored = Files.createDirectory(folder.resolve("restored"));
        Files.copy(folder.resolve("master-key"), restored.resolve("master-key"), StandardCopyOption.COPY_ATTRIBUTES);
        for (int kills = 0; kills < 2; kills++) {
            String when = kills + " kills, seed " + seed;
            Process restoring = start("restore");
            try (BufferedReader lines = restoring.inputReader(StandardCharsets.UTF_8)) {
                String found = lines.readLine();
                assertTrue(found.startsWith("Verification[intact=true, rows=" + (rows + 3) + ","), found);
                assertEquals("restoring", lines.readLine(), when);
                awaitRows(restored, 1 + kills * rows / 4);
                restoring.waitFor(random.nextInt(100), TimeUnit.MILLISECONDS);
                restoring.toHandle().destroyForcibly();
                assertTrue(restoring.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), when);
            }
            assertThrows(IllegalStateException.class, () -> Historian.open(restored), when);
        }
        run("restore");
        try (Historian historian = Historian.open(restored)) {
            Verification whole = historian.service().history().verify();
            assertTrue(whole.intact(), "seed " + seed + ": " + whole);
            assertEquals(rows + 4, whole.rows());
            assertTrue(historian.service().fence().find().isPresent());
        }
    }

    private static void awaitRows(Path folder, int number) throws Exception {
        try (Connection database = SqliteFixture.file(folder.resolve("long.db")).getConnection();
                Statement statement = database.createStatement()) {
            int found = -1;
            while (found < number) {
                try (ResultSet count =
                        statement.executeQuery("SELECT COUNT(*) FROM sqlite_master WHERE name = 'panocrypt_journal'")) {
                    found = count.getInt(1) - 1;
                }
                if (found == 0) {
                    try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM panocrypt_journal")) {
                        found = rows.getInt(1);
                    }
                }
            }
        }
    }

    /** At any moment the recorded truncation matches the remaining entries. */
    @Test
    void leavesAnIntactJournalWhereverTheCutIsKilled() throws Exception {
        int rows = 60_000;
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Historian.fill(folder, rows, SHORT);
        long cut = 0;
        int kills = 0;
        while (cut < rows + 1) {
            String when = kills + " kills, seed " + seed;
            Process cutting = start("cut");
            try (BufferedReader lines = cutting.inputReader(StandardCharsets.UTF_8)) {
                assertEquals("cutting", lines.readLine(), when);
                awaitCutBehind(cut, cutting);
                kills += cutting.waitFor(random.nextInt(150), TimeUnit.MILLISECONDS) ? 0 : 1;
                cutting.toHandle().destroyForcibly();
                assertTrue(cutting.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), when);
            }
            try (Historian historian = Historian.open(folder)) {
                Verification left = historian.service().history().verify();
                assertTrue(left.intact(), when + ": " + left);
                assertTrue(left.chains().get(0).cut() > cut, when);
                cut = left.chains().get(0).cut();
            }
        }
        assertTrue(kills > 0, "no run was killed, seed " + seed);
    }

    /** Waits until the running process has removed entries. */
    private void awaitCutBehind(long cut, Process cutting) throws Exception {
        try (Connection database = SqliteFixture.file(folder.resolve("long.db")).getConnection();
                Statement statement = database.createStatement()) {
            while (true) {
                try (ResultSet first = statement.executeQuery("SELECT MIN(sequence) FROM panocrypt_journal")) {
                    if (first.getLong(1) > cut + 1 || cutting.waitFor(2, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                }
            }
        }
    }
}
