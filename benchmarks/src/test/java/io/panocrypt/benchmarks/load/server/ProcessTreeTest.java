package io.panocrypt.benchmarks.load.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessTreeTest {
    @Test
    void countsItsOwnTimeAndThatOfChildrenThatHaveEnded() {
        assertEquals(
                7 + 20 + 300 + 4_000,
                ProcessTree.ticks(List.of("42 (a) b) S 1 42 42 0 -1 4194304 90 91 92 93 7 20 300 4000 20 0 1 0 55")));
    }

    @Test
    void countsNothingOfAProcessThatIsGone() {
        assertEquals(0, ProcessTree.ticks(List.of()));
        assertEquals(0, ProcessTree.proportional(List.of()));
    }

    @Test
    void readsItsShareOfMemory() {
        assertEquals(1_234, ProcessTree.proportional(List.of("Rss:  9999 kB", "Pss:     1234 kB", "Pss_Dirty: 1 kB")));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void knowsThisProcess() {
        assertTrue(new ProcessTree(ProcessHandle.current()).processorMillis() > 0);
    }
}
