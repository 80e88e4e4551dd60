package io.panocrypt.benchmarks.ec;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** The processor time of the current thread. It excludes what other processes use. */
final class ProcessorTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private ProcessorTime() {}

    /** Nanoseconds since an arbitrary moment; use the difference of two values. */
    static long now() {
        return THREADS.getCurrentThreadCpuTime();
    }
}
