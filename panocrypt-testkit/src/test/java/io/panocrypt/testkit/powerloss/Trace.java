package io.panocrypt.testkit.powerloss;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A trace of a program by strace: the beginnings and ends of its calls, in order. */
final class Trace {
    /** All calls that can change a file, a descriptor or a name. */
    private static final String CALLS =
            "trace=open,openat,openat2,creat,close,dup,dup2,dup3,write,writev,pwrite64,pwritev,"
                    + "pwritev2,truncate,ftruncate,fallocate,fsync,fdatasync,sync_file_range,msync,mmap,unlink,unlinkat,rename,"
                    + "renameat,renameat2,link,linkat,symlink,symlinkat,copy_file_range,sendfile,splice";

    /** Bytes of a write to print: more than SQLite or Java writes at once. */
    private static final String WHOLE = "16777216";

    private static final Pattern LINE = Pattern.compile("(\\d+) +(.*)", Pattern.DOTALL);
    private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. \\w+ resumed>(.*)", Pattern.DOTALL);
    private static final String UNFINISHED = "<unfinished ...>";

    /**
     * A call begins or ends.
     *
     * @param begins true for the beginning
     */
    record Event(SystemCall call, boolean begins) {}

    private final List<Event> events = new ArrayList<>();

    /** The index and text of each thread's unfinished call. */
    private final Map<String, Integer> openAt = new HashMap<>();

    private final Map<String, String> openText = new HashMap<>();

    private Trace() {}

    /** The command that traces another command's calls on the given files into a file. */
    static List<String> command(Path out, List<Path> files, List<String> program) {
        List<String> command =
                new ArrayList<>(List.of("strace", "-f", "-y", "--seccomp-bpf", "-s", WHOLE, "-o", out.toString()));
        command.addAll(List.of("-e", CALLS, "-e", "signal=none"));
        files.forEach(file -> command.addAll(List.of("-P", file.toString())));
        command.addAll(program);
        return command;
    }

    static List<Event> read(Path file) throws IOException {
        Trace trace = new Trace();
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                trace.add(line);
            }
        }
        return List.copyOf(trace.events);
    }

    private void add(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a line of strace: " + shortened(line));
        }
        String thread = parts.group(1);
        String text = parts.group(2);
        Matcher resumed = RESUMED.matcher(text);
        if (text.startsWith("+++") || text.startsWith("---")) {
            return;
        }
        if (resumed.matches()) {
            end(thread, resumed.group(1));
        } else if (text.endsWith(UNFINISHED)) {
            String begun = text.substring(0, text.length() - UNFINISHED.length());
            openAt.put(thread, events.size());
            openText.put(thread, begun);
            events.add(new Event(SystemCall.parse(begun), true));
        } else {
            SystemCall call = SystemCall.parse(text);
            events.add(new Event(call, true));
            events.add(new Event(call, false));
        }
    }

    /** Only the end contains the result; it is added to the beginning. */
    private void end(String thread, String rest) {
        Integer index = openAt.remove(thread);
        String begun = openText.remove(thread);
        if (index == null || begun == null) {
            throw new IllegalArgumentException("a call ends that has not begun: " + shortened(rest));
        }
        SystemCall call = SystemCall.parse(begun + rest);
        events.set(index, new Event(call, true));
        events.add(new Event(call, false));
    }

    private static String shortened(String text) {
        return text.substring(0, Math.min(200, text.length()));
    }
}
