package io.panocrypt.benchmarks.load.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class HeapTest {
    @Test
    void readsTheWholeHeapOfG1OnJdk17AndOn25() {
        assertEquals(
                66_812,
                Heap.usedKib(List.of(
                        "4242:",
                        " garbage-first heap   total 384000K, used 66812K [0x0000000680000000, 0x0000000800000000)",
                        "  region size 4096K, 6 young (24576K), 2 survivors (8192K)",
                        " Metaspace       used 21032K, committed 21504K, reserved 1114112K")));
        assertEquals(
                34_501,
                Heap.usedKib(List.of(
                        "garbage-first heap   total reserved 6170624K, committed 393216K, used 34501K [0x0, 0x8)",
                        "Metaspace       used 21032K, committed 21504K, reserved 1114112K")));
    }

    @Test
    void addsTheGenerationsOfOtherCollectors() {
        assertEquals(
                42,
                Heap.usedKib(List.of(
                        " def new generation   total 78656K, used 2K [0x0, 0x8)",
                        "  eden space 69952K,   1% used [0x0, 0x8)",
                        " tenured generation   total 174784K, used 40K [0x0, 0x8)")));
    }

    @Test
    void asksThisProcess() throws Exception {
        assertTrue(Heap.usedKib(ProcessHandle.current()) > 100);
    }
}
