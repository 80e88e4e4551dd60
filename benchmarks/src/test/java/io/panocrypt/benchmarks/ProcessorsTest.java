package io.panocrypt.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class ProcessorsTest {
    /** A pinned thread stays pinned, so the work runs on a new thread. */
    private static <T> T onNewThread(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        new Thread(task).start();
        return task.get();
    }

    @Test
    void readsLinuxsSets() {
        assertEquals(List.of(0, 1, 2, 5, 8, 9), Processors.parse("0-2,5,8-9"));
        assertEquals(List.of(3), Processors.parse("3"));
        assertEquals("0,1,5", Processors.format(List.of(0, 1, 5)));
    }

    @Test
    void findsTheSetInTheStatusOfAThread() {
        assertEquals(
                List.of(0, 1), Processors.allowed(List.of("Cpus_allowed:\t3", "Cpus_allowed_list:\t0-1", "x:\t7")));
        assertEquals(List.of(), Processors.allowed(List.of("Name:\tjava")));
    }

    @Test
    void pinsTheCallingThreadAndWhatItStartsAndNobodyElse() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/taskset")), "needs taskset");
        List<Integer> before = Processors.allowed();
        List<Integer> last = before.subList(before.size() - 1, before.size());
        String child = onNewThread(() -> {
            assertTrue(Processors.pin(last));
            assertEquals(last, Processors.allowed());
            Process process = new ProcessBuilder("cat", "/proc/self/status").start();
            return new String(process.getInputStream().readAllBytes());
        });
        assertEquals(last, Processors.allowed(child.lines().toList()));
        assertEquals(before, Processors.allowed());
    }

    @Test
    void saysSoWhereItCannotPin() throws Exception {
        assertFalse(onNewThread(() -> Processors.pin(List.of(9_999))));
    }
}
