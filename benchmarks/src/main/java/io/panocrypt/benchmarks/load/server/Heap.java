package io.panocrypt.benchmarks.load.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a JVM's heap holds that is not garbage, as {@code jcmd} of this JDK tells it. */
public final class Heap {
    private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    /** A generation or the whole heap, by collector; metaspace has no total. */
    private static final Pattern USED = Pattern.compile("total .*\\bused (\\d+)K");

    private Heap() {}

    /**
     * Has the process collect its garbage, and then tells what is left, in KiB.
     *
     * @throws IOException if it does not say so, as one of another user does not
     */
    public static long usedKib(ProcessHandle process) throws IOException, InterruptedException {
        ask(process, "GC.run");
        long used = usedKib(ask(process, "GC.heap_info").lines().toList());
        if (used == 0) {
            throw new IOException("jcmd says nothing of a heap");
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
