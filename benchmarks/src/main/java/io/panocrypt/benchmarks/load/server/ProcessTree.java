package io.panocrypt.benchmarks.load.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Resource use of processes and their descendants, read from Linux's {@code /proc}. */
public final class ProcessTree {
    /** USER_HZ, which Linux fixes for programs: 100 ticks a second (man 5 proc, sysconf(_SC_CLK_TCK)). */
    private static final long MILLIS_PER_TICK = 10;

    /** The index of utime among the fields behind the name; the state has index 0 (man 5 proc). */
    private static final int UTIME = 11;

    private static final int TIMES = 4;

    private final List<ProcessHandle> roots;

    /** @param roots none may be a descendant of another */
    public ProcessTree(ProcessHandle... roots) {
        this.roots = List.of(roots);
    }

    /** Processor time in milliseconds, of running processes and of ended ones that were waited for. */
    public long processorMillis() {
        return processes().mapToLong(process -> ticks(read(process, "stat"))).sum() * MILLIS_PER_TICK;
    }

    /** Memory in KiB; shared memory is divided among the processes. */
    public long memoryKib() {
        return processes()
                .mapToLong(process -> proportional(read(process, "smaps_rollup")))
                .sum();
    }

    /** Peak physical memory of the first process without its descendants, in KiB. */
    public long peakKib() {
        return number(read(roots.get(0), "status"), "VmHWM:");
    }

    /** Number of threads of the first process. */
    long threads() {
        return number(read(roots.get(0), "status"), "Threads:");
    }

    private Stream<ProcessHandle> processes() {
        return roots.stream().flatMap(root -> Stream.concat(Stream.of(root), root.descendants()));
    }

    /** Empty for a process that has just ended: its parent accounts for it. */
    private static List<String> read(ProcessHandle process, String file) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), file));
        } catch (IOException e) {
            return List.of();
        }
    }

    static long ticks(List<String> stat) {
        if (stat.isEmpty()) {
            return 0;
        }
        // The name may contain blanks and brackets; the fields behind it do not.
        String line = stat.get(0);
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
        long ticks = 0;
        for (int i = UTIME; i < UTIME + TIMES; i++) {
            ticks += Long.parseLong(fields[i]);
        }
        return ticks;
    }

    static long proportional(List<String> smaps) {
        return number(smaps, "Pss:");
    }

    /** The number after {@code word} at the start of a line; 0 without such a line. */
    static long number(List<String> lines, String word) {
        return lines.stream()
                .filter(line -> line.startsWith(word))
                .mapToLong(line -> Long.parseLong(
                        line.substring(word.length()).replace("kB", "").strip()))
                .findFirst()
                .orElse(0);
    }
}
