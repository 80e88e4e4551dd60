package io.panocrypt.testkit.powerloss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.panocrypt.testkit.RequiresTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Cuts the power of a SQLite store at many moments: from a trace of what a node asked its kernel to write and to sync, the
 * disk is made as it can stand at each moment, and opened by a node that starts again.
 */
@RequiresTools("strace")
class PowerLossTest {
    private static final String DATABASE = "store.db";
    private static final String LOG = "store.db-wal";
    private static final String ROLLBACK = "store.db-journal";

    /** SQLite makes it anew from the log after a power cut, so no image has it. */
    private static final String INDEX = "store.db-shm";

    private static final String ANSWERS = "answers";

    /** What strace says where the kernel or a container forbids it to look at a process. */
    private static final String MAY_NOT_TRACE = "PTRACE_";

    @TempDir
    private Path given;

    @Test
    void losesNothingThatWasAnswered() throws Exception {
        losesNothing(160, 30);
    }

    @Tag("long")
    @RepeatedTest(3)
    void losesNothingThatWasAnsweredWhereverThePowerIsCut() throws Exception {
        losesNothing(1_000, 200);
    }

    private void losesNothing(int acts, int moments) throws Exception {
        long seed = System.nanoTime();
        System.out.println("power cuts of seed " + seed);
        Run run = trace("FULL", acts, true);
        assertTrue(run.events().stream().anyMatch(PowerLossTest::writesDatabase), "no checkpoint was seen");
        assertEquals(List.of(), cutPower(run, firstAnswer(run.events()), moments, seed), "seed " + seed);
    }

    /** The file, its tables and the first edit: a node that starts again finds all of it, or makes it anew. */
    @Test
    void findsOrMakesTheTablesAfterAPowerCutAtTheFirstStart() throws Exception {
        long seed = System.nanoTime();
        System.out.println("power cuts of seed " + seed);
        assertEquals(List.of(), cutPower(trace("FULL", 1, false), 0, 60, seed), "seed " + seed);
    }

    /** The test of the check: what syncs less must be seen to lose what it had answered. */
    @Test
    void findsWhatAStoreLosesThatSyncsItsLogNowAndThen() throws Exception {
        losesAnswers("NORMAL");
    }

    @Test
    @Tag("long")
    void findsWhatAStoreLosesThatSyncsNothing() throws Exception {
        losesAnswers("OFF");
    }

    private void losesAnswers(String synchronous) throws Exception {
        long seed = System.nanoTime();
        Run run = trace(synchronous, 60, true);
        List<String> faults = cutPower(run, firstAnswer(run.events()), 10, seed);
        assertTrue(faults.stream().anyMatch(fault -> fault.contains("answered, and lost")), "seed " + seed + faults);
    }

    /** A traced run of the node over so many acts, and the disk that it began with. */
    private record Run(Path folder, Disk disk, List<Trace.Event> events) {}

    private Run trace(String synchronous, int acts, boolean prepared) throws Exception {
        // SQLite opens a file by its real path.
        Path folder = Files.createDirectory(given.toRealPath().resolve("traced"));
        Path database = folder.resolve(DATABASE);
        if (prepared) {
            SpendingNode.prepare(database.toString());
        }
        assertEquals(prepared ? Set.of(DATABASE) : Set.of(), names(folder));
        Disk disk = new Disk(folder, Set.of(DATABASE, LOG, ROLLBACK));
        Path out = given.resolve("trace");
        List<Path> files = new ArrayList<>(List.of(folder));
        List.of(DATABASE, LOG, ROLLBACK, INDEX, ANSWERS).forEach(name -> files.add(folder.resolve(name)));
        Path log = given.resolve("errors");
        Process node = new ProcessBuilder(Trace.command(
                        out, files, SpendingNode.command(database, folder.resolve(ANSWERS), acts, synchronous, "s")))
                .redirectOutput(log.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            assertTrue(node.waitFor(5, TimeUnit.MINUTES), "the node does not end");
        } finally {
            node.descendants().forEach(ProcessHandle::destroyForcibly);
            node.destroyForcibly();
        }
        String errors = Files.readString(log);
        assumeFalse(errors.contains(MAY_NOT_TRACE), "missing tool: strace, which may not trace here");
        assertEquals(0, node.exitValue(), errors);
        assertTrue(Set.of(DATABASE, LOG, INDEX, ANSWERS).containsAll(names(folder)), "a file is not traced");
        return new Run(folder, disk, Trace.read(out));
    }

    private static Set<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            Set<String> names = new TreeSet<>();
            files.forEach(file -> names.add(file.getFileName().toString()));
            return names;
        }
    }

    /** Cuts the power at so many moments of the run, once without and once with a part of what was not synced. */
    private List<String> cutPower(Run run, int first, int moments, long seed) throws IOException {
        Random random = new Random(seed);
        Set<Integer> chosen = new TreeSet<>();
        while (chosen.size() < Math.min(moments, run.events().size() - first)) {
            chosen.add(first + random.nextInt(run.events().size() - first));
        }
        List<String> faults = new ArrayList<>();
        Promises promises = new Promises();
        for (int moment = 0; moment < run.events().size(); moment++) {
            Trace.Event event = run.events().get(moment);
            if (isAnswer(event)) {
                // From here on it may have left.
                promises.answered(new String(event.call().bytes(1), StandardCharsets.UTF_8));
            }
            run.disk().see(event);
            if (chosen.contains(moment)) {
                faults.addAll(faults(run, promises, moment, null));
                faults.addAll(faults(run, promises, moment, random));
            }
        }
        assertFalse(promises.size() == 0, "nothing was answered");
        return faults;
    }

    private List<String> faults(Run run, Promises promises, int moment, @Nullable Random random) throws IOException {
        Path image = Files.createTempDirectory(given, "image");
        if (random == null) {
            run.disk().writeSynced(image);
        } else {
            run.disk().writeTorn(image, random);
        }
        List<String> faults = promises.brokenBy(image.resolve(DATABASE)).stream()
                .map(fault -> "moment " + moment + (random == null ? ", synced only: " : ", torn: ") + fault)
                .toList();
        try (var files = Files.list(image)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(image);
        return faults;
    }

    /** SQLite moves what the log holds into the database itself. */
    private static boolean writesDatabase(Trace.Event event) {
        SystemCall call = event.call();
        return call.name().equals("pwrite64") && call.arguments().get(0).endsWith("/" + DATABASE + ">");
    }

    private static int firstAnswer(List<Trace.Event> events) {
        int index = 0;
        while (!isAnswer(events.get(index))) {
            index++;
        }
        return index;
    }

    private static boolean isAnswer(Trace.Event event) {
        SystemCall call = event.call();
        return event.begins()
                && call.name().equals("write")
                && call.arguments().get(0).endsWith("/" + ANSWERS + ">");
    }
}
