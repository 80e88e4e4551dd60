package io.panocrypt.benchmarks.ec;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** The processor time of the current thread: what a neighbour on the machine takes is not in it. */
final class ProcessorTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private ProcessorTime() {}

    /** Nanoseconds since some moment; the difference of two is meant. */
    static long now() {
        return THREADS.getCurrentThreadCpuTime();
    }
}
