package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
class LongHistoryTest {
    /** Enough for the service and a thousand entries. */
    private static final String MEMORY = "-Xmx24m";

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
        inLittleMemory(80_000);
    }

    @Test
    @Tag("long")
    void needsNoMoreMemoryForTwoHundredThousandRows() throws Exception {
        inLittleMemory(200_000);
    }

    private void inLittleMemory(int rows) throws Exception {
        Historian.fill(folder, rows);
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

    @Test
    void leavesAnIntactJournalWhereverTheCutIsKilled() throws Exception {
        killCuts(30_000);
    }

    @Test
    @Tag("long")
    void leavesAnIntactJournalWhereverTheCutIsKilledTwiceAsOften() throws Exception {
        killCuts(60_000);
    }

    /** At any moment the recorded truncation matches the remaining entries. */
    private void killCuts(int rows) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Historian.fill(folder, rows);
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
