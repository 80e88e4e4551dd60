package io.panocrypt.testkit.powerloss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.panocrypt.testkit.support.RequiresTools;
import io.panocrypt.testkit.support.TestTimeout;
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
 * Simulates power cuts of a SQLite store at many moments. From a trace of a node's writes and syncs it reconstructs
 * possible disks at each moment and opens them with a restarted node. On some disks the restarted node is traced too,
 * and the power is cut while it recovers and continues.
 */
@RequiresTools("strace")
class PowerLossTest {
    private static final String DATABASE = "store.db";
    private static final String LOG = "store.db-wal";
    private static final String ROLLBACK = "store.db-journal";

    /** SQLite rebuilds it from the log after a power cut, so images do not contain it. */
    private static final String INDEX = "store.db-shm";

    private static final String ANSWERS = "answers";

    private static final String LOST = "answered, and lost";
    private static final int ACTS_AGAIN = 30;
    private static final int MOMENTS_AGAIN = 30;

    /** The id prefixes of spends in the first run, and in a run after a power cut. */
    private static final String FIRST = "s";

    private static final String AGAIN = "again";

    /** Appears in strace's error if the kernel or a container forbids tracing. */
    private static final String MAY_NOT_TRACE = "PTRACE_";

    @TempDir
    private Path given;

    @Test
    void losesNothingThatWasAnswered() throws Exception {
        losesNothing(160, 30, 1);
    }

    @Tag("long")
    @RepeatedTest(3)
    void losesNothingThatWasAnsweredWhereverThePowerIsCut() throws Exception {
        losesNothing(1_000, 200, 8);
    }

    private void losesNothing(int acts, int moments, int again) throws Exception {
        Random random = random();
        Run run = trace(newFolder(), "FULL", acts, true);
        assertTrue(run.events().stream().anyMatch(PowerLossTest::writesDatabase), "no checkpoint was seen");
        int first = firstAnswer(run);
        Cuts cuts = cutPower(run, choose(run, first, moments, random), choose(run, first, again, random), random);
        assertEquals(List.of(), cuts.faults());
        assertEquals(List.of(), cutPowerAgain(cuts.left(), "FULL", random));
    }

    /** The file, its tables and the first edit: a restarted node finds all of it, or creates it again. */
    @Test
    void findsOrMakesTheTablesAfterAPowerCutAtTheFirstStart() throws Exception {
        findsOrMakesTheTables(0);
    }

    @Test
    @Tag("long")
    void findsOrMakesTheTablesAfterTwoPowerCutsAtTheFirstStarts() throws Exception {
        findsOrMakesTheTables(8);
    }

    private void findsOrMakesTheTables(int again) throws Exception {
        Random random = random();
        Run run = trace(newFolder(), "FULL", 1, false);
        Cuts cuts = cutPower(run, choose(run, 0, 60, random), choose(run, 0, again, random), random);
        assertEquals(List.of(), cuts.faults());
        assertEquals(List.of(), cutPowerAgain(cuts.left(), "FULL", random));
    }

    /** Tests the check: a store that syncs less must be seen losing answered acts. */
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
        Random random = random();
        Run run = trace(newFolder(), synchronous, 60, true);
        List<String> faults = cutPower(run, choose(run, firstAnswer(run), 10, random), Set.of(), random)
                .faults();
        assertTrue(faults.stream().anyMatch(fault -> fault.contains(LOST)), faults.toString());
    }

    /** The first node loses nothing. The second one loses its own answers and those it had found. */
    @Test
    @Tag("long")
    void findsWhatASecondPowerCutTakesFromAStoreThatSyncsNothing() throws Exception {
        Random random = random();
        Run run = trace(newFolder(), "FULL", 160, true);
        Cuts cuts = cutPower(run, Set.of(), choose(run, firstAnswer(run), 6, random), random);
        List<String> faults = cutPowerAgain(cuts.left(), "OFF", random);
        for (String ids : List.of(FIRST, AGAIN)) {
            assertTrue(
                    faults.stream().anyMatch(fault -> fault.matches("(?s).*" + LOST + ".*[\\[ ]" + ids + "[0-9o].*")),
                    ids + " " + faults);
        }
    }

    private static Random random() {
        long seed = System.nanoTime();
        System.out.println("power cuts of seed " + seed);
        return new Random(seed);
    }

    private Path newFolder() throws IOException {
        // SQLite opens a file with its real path.
        return Files.createTempDirectory(given.toRealPath(), "traced");
    }

    /** A traced run of the node, its initial disk, and the answers before the run. */
    private record Run(Disk disk, List<Trace.Event> events, Promises before) {}

    /** The result of a power cut. */
    private record Image(Path folder, Promises promises, String description) {}

    /** The faults that power cuts caused, and the disks that some of them left. */
    private record Cuts(List<String> faults, List<Image> left) {}

    private Run trace(Path folder, String synchronous, int acts, boolean prepared) throws Exception {
        if (prepared) {
            SpendingNode.prepare(folder.resolve(DATABASE).toString());
        }
        assertEquals(prepared ? Set.of(DATABASE) : Set.of(), names(folder));
        return trace(new Image(folder, new Promises(), ""), synchronous, acts, FIRST);
    }

    private Run trace(Image image, String synchronous, int acts, String ids) throws Exception {
        Path folder = image.folder();
        Disk disk = new Disk(folder, Set.of(DATABASE, LOG, ROLLBACK));
        Path out = Files.createTempFile(given, "trace", null);
        List<Path> files = new ArrayList<>(List.of(folder));
        List.of(DATABASE, LOG, ROLLBACK, INDEX, ANSWERS).forEach(name -> files.add(folder.resolve(name)));
        Path log = Files.createTempFile(given, "errors", null);
        List<String> program =
                SpendingNode.command(folder.resolve(DATABASE), folder.resolve(ANSWERS), acts, synchronous, ids);
        Process node = new ProcessBuilder(Trace.command(out, files, program))
                .redirectOutput(log.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            assertTrue(node.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "the node does not end");
        } finally {
            node.descendants().forEach(ProcessHandle::destroyForcibly);
            node.destroyForcibly();
        }
        String errors = Files.readString(log);
        assumeFalse(errors.contains(MAY_NOT_TRACE), "missing tool: strace, which may not trace here");
        assertEquals(0, node.exitValue(), image.description() + errors);
        assertTrue(Set.of(DATABASE, LOG, INDEX, ANSWERS).containsAll(names(folder)), "a file is not traced");
        return new Run(disk, Trace.read(out), image.promises());
    }

    private static Set<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            Set<String> names = new TreeSet<>();
            files.forEach(file -> names.add(file.getFileName().toString()));
            return names;
        }
    }

    /** Chooses at most {@code moments} moments, starting at {@code first}. */
    private static Set<Integer> choose(Run run, int first, int moments, Random random) {
        int bound = run.events().size() - first;
        Set<Integer> chosen = new TreeSet<>();
        while (chosen.size() < Math.min(moments, bound)) {
            chosen.add(first + random.nextInt(bound));
        }
        return chosen;
    }

    /**
     * Cuts the power at the given moments of the run, once without and once with a part of the unsynced changes. Keeps
     * the disks of the other given moments.
     */
    private Cuts cutPower(Run run, Set<Integer> moments, Set<Integer> kept, Random random) throws IOException {
        List<String> faults = new ArrayList<>();
        List<Image> left = new ArrayList<>();
        Promises promises = new Promises(run.before());
        for (int moment = 0; moment < run.events().size(); moment++) {
            Trace.Event event = run.events().get(moment);
            if (isAnswer(event)) {
                // From here on the answer may have been sent.
                promises.answered(new String(event.call().bytes(1), StandardCharsets.UTF_8));
            }
            run.disk().see(event);
            if (moments.contains(moment)) {
                faults.addAll(faults(image(run, promises, moment, null)));
                faults.addAll(faults(image(run, promises, moment, random)));
            }
            if (kept.contains(moment)) {
                left.add(image(run, new Promises(promises), moment, left.size() % 2 == 0 ? random : null));
            }
        }
        assertFalse(promises.size() == 0, "nothing was answered");
        return new Cuts(faults, left);
    }

    /** Starts a node on each image, and cuts the power during its recovery and after it has answered again. */
    private List<String> cutPowerAgain(List<Image> images, String synchronous, Random random) throws Exception {
        List<String> faults = new ArrayList<>();
        for (Image image : images) {
            Run run = trace(image, synchronous, ACTS_AGAIN, AGAIN);
            Set<Integer> moments = choose(run, 0, MOMENTS_AGAIN / 2, random);
            for (int index = 0; index < MOMENTS_AGAIN / 2; index++) {
                moments.add(random.nextInt(firstAnswer(run)));
            }
            for (String fault : cutPower(run, moments, Set.of(), random).faults()) {
                faults.add(image.description() + "then " + fault);
            }
        }
        return faults;
    }

    private Image image(Run run, Promises promises, int moment, @Nullable Random random) throws IOException {
        Path folder = newFolder();
        if (random == null) {
            run.disk().writeSynced(folder);
        } else {
            run.disk().writeTorn(folder, random);
        }
        return new Image(folder, promises, "moment " + moment + (random == null ? ", synced only: " : ", torn: "));
    }

    private static List<String> faults(Image image) throws IOException {
        List<String> faults = image.promises().brokenBy(image.folder().resolve(DATABASE)).stream()
                .map(fault -> image.description() + fault)
                .toList();
        try (var files = Files.list(image.folder())) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(image.folder());
        return faults;
    }

    /** SQLite checkpoints the log into the database. */
    private static boolean writesDatabase(Trace.Event event) {
        SystemCall call = event.call();
        return call.name().equals("pwrite64") && call.arguments().get(0).endsWith("/" + DATABASE + ">");
    }

    private static int firstAnswer(Run run) {
        int index = 0;
        while (!isAnswer(run.events().get(index))) {
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
