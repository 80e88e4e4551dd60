package io.panocrypt.benchmarks.load.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Measures the live heap of a JVM with the {@code jcmd} of this JDK. */
public final class Heap {
    private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    /** Matches a generation or the whole heap, depending on the collector; metaspace has no total. */
    private static final Pattern USED = Pattern.compile("total .*\\bused (\\d+)K");

    private Heap() {}

    /**
     * Runs a garbage collection in the process and returns the heap in use, in KiB.
     *
     * @throws IOException if {@code jcmd} fails, such as for another user's process
     */
    public static long usedKib(ProcessHandle process) throws IOException, InterruptedException {
        ask(process, "GC.run");
        long used = usedKib(ask(process, "GC.heap_info").lines().toList());
        if (used == 0) {
            throw new IOException("jcmd GC.heap_info reports no heap");
        }
        return used;
    }

    static long usedKib(List<String> info) {
        return info.stream()
                .map(USED::matcher)
                .filter(Matcher::find)
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }

    private static String ask(ProcessHandle process, String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(JCMD.toString(), Long.toString(process.pid()), command)
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd " + command + ": " + said.strip());
        }
        return said;
    }
}
