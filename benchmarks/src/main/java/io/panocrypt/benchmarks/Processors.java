package io.panocrypt.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The processors that a thread may use, by Linux's numbers. Java cannot pin a thread, so this class calls
 * {@code taskset} of util-linux. Threads and processes started afterwards inherit the setting.
 */
public final class Processors {
    private static final Path THREAD = Path.of("/proc/thread-self");
    private static final String ALLOWED = "Cpus_allowed_list:";

    private Processors() {}

    /** The processors that the calling thread may use, in ascending order; empty except on Linux. */
    public static List<Integer> allowed() throws IOException {
        return Files.isReadable(THREAD.resolve("status"))
                ? allowed(Files.readAllLines(THREAD.resolve("status")))
                : List.of();
    }

    static List<Integer> allowed(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith(ALLOWED))
                .map(line -> parse(line.substring(ALLOWED.length()).strip()))
                .findFirst()
                .orElse(List.of());
    }

    /** Parses Linux's notation of a set, such as 0-2,5. */
    static List<Integer> parse(String list) {
        List<Integer> processors = new ArrayList<>();
        for (String range : list.split(",")) {
            String[] ends = range.split("-");
            int last = Integer.parseInt(ends[ends.length - 1]);
            for (int processor = Integer.parseInt(ends[0]); processor <= last; processor++) {
                processors.add(processor);
            }
        }
        return processors;
    }

    /** Formats processors for {@code taskset}. */
    public static String format(List<Integer> processors) {
        return processors.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /**
     * Pins the calling thread.
     *
     * @param processors at least one
     * @return whether the thread is restricted to these now; false without Linux or {@code taskset}
     */
    public static boolean pin(List<Integer> processors) throws IOException, InterruptedException {
        if (!Files.isSymbolicLink(THREAD)) {
            return false;
        }
        String thread = Files.readSymbolicLink(THREAD).getFileName().toString();
        return taskset("--pid", "--cpu-list", format(processors), thread)
                && allowed().equals(processors);
    }

    private static boolean taskset(String... arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("taskset"));
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            System.err.println("not pinned: " + e.getMessage());
            return false;
        }
    }
}
