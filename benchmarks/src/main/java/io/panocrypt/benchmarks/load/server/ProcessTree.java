package io.panocrypt.benchmarks.load.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Processes and their descendants, as Linux accounts for them in {@code /proc}. */
public final class ProcessTree {
    /** USER_HZ, which Linux fixes for programs: 100 ticks a second (man 5 proc, sysconf(_SC_CLK_TCK)). */
    private static final long MILLIS_PER_TICK = 10;

    /** The first field behind the name that matters here, utime, counted from the state, which is number 0 (man 5 proc). */
    private static final int UTIME = 11;

    private static final int TIMES = 4;

    private final List<ProcessHandle> roots;

    /** @param roots none of which descends from another one */
    ProcessTree(ProcessHandle... roots) {
        this.roots = List.of(roots);
    }

    /** Processor time of all that run, and of those that have ended and were waited for, in milliseconds. */
    public long processorMillis() {
        return processes().mapToLong(process -> ticks(read(process, "stat"))).sum() * MILLIS_PER_TICK;
    }

    /** Memory in KiB, what several processes share being divided among them. */
    public long memoryKib() {
        return processes()
                .mapToLong(process -> proportional(read(process, "smaps_rollup")))
                .sum();
    }

    /** Most physical memory that the first process, without its descendants, ever had, in KiB. */
    public long peakKib() {
        return number(read(roots.get(0), "status"), "VmHWM:");
    }

    /** Threads of the first process. */
    long threads() {
        return number(read(roots.get(0), "status"), "Threads:");
    }

    private Stream<ProcessHandle> processes() {
        return roots.stream().flatMap(root -> Stream.concat(Stream.of(root), root.descendants()));
    }

    /** A process that has just ended says nothing: its parent accounts for it. */
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
        // The name may hold blanks and brackets, but nothing behind it does.
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

    /** The number behind that word at the beginning of a line; 0 without such a line. */
    static long number(List<String> lines, String word) {
        return lines.stream()
                .filter(line -> line.startsWith(word))
                .mapToLong(line -> Long.parseLong(
                        line.substring(word.length()).replace("kB", "").strip()))
                .findFirst()
                .orElse(0);
    }
}
