package io.panocrypt.testkit.powerloss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.testkit.support.TestTimeout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repeatedly kills a node that spends while an operator edits the same database: no answered act is lost. */
class KillTest {
    private static final Path OUTPUT = Path.of("/dev/stdout");

    @TempDir
    private Path folder;

    @Test
    void losesNothingThatWasAnsweredOverThreeKills() throws Exception {
        kill(3);
    }

    @Tag("long")
    @Test
    void losesNothingThatWasAnsweredOverManyKills() throws Exception {
        kill(Integer.getInteger("panocrypt.kills", 40));
    }

    private void kill(int rounds) throws Exception {
        long seed = System.nanoTime();
        System.out.println("kills of seed " + seed);
        Random random = new Random(seed);
        Path database = folder.resolve("store.db");
        SpendingNode.prepare(database.toString());
        Promises promises = new Promises();
        for (int round = 0; round < rounds; round++) {
            int before = promises.size();
            runAndKill(database, "r" + round + "-", random.nextInt(200), promises);
            assertTrue(promises.size() > before, "the node did no work");
            assertEquals(List.of(), promises.brokenBy(database), "round " + round + " of seed " + seed);
        }
    }

    /** Kills the node the given time after its first answer, and records its answers. */
    private static void runAndKill(Path database, String run, int millis, Promises promises) throws Exception {
        Process node = new ProcessBuilder(SpendingNode.command(database, OUTPUT, Integer.MAX_VALUE, "FULL", run))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try (BufferedReader lines = node.inputReader(StandardCharsets.UTF_8)) {
            String first = lines.readLine();
            assertNotNull(first, "the node did not start");
            promises.answered(first);
            Future<?> rest = reader.submit(() -> read(lines, promises));
            assertFalse(node.waitFor(millis, TimeUnit.MILLISECONDS), "the node ended by itself");
            // Uses the handle, since Process.destroyForcibly also closes the stream being read.
            assertTrue(node.toHandle().destroyForcibly(), "the node was not killed");
            assertTrue(node.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "the node lives on");
            rest.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
        } finally {
            node.destroyForcibly();
            reader.shutdownNow();
        }
    }

    /** Each line was written at once, so none is truncated. */
    private static void read(BufferedReader lines, Promises promises) {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                promises.answered(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
