package io.panocrypt.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Describes the machine of a measurement. */
public final class Machine {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path LOAD_AVERAGE = Path.of("/proc/loadavg");
    private static final String UNKNOWN = "unknown";

    private Machine() {}

    /** Processor, operating system and Java runtime; no host name. */
    public static Map<String, String> describe() throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("processor", Files.isReadable(CPU_INFO) ? processor(Files.readAllLines(CPU_INFO)) : UNKNOWN);
        facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        facts.put("jdk", System.getProperty("java.vendor") + " " + Runtime.version());
        return facts;
    }

    /** Load average of the last minute; "unknown" except on Linux. */
    public static String load() throws IOException {
        return Files.isReadable(LOAD_AVERAGE) ? Files.readString(LOAD_AVERAGE).split(" ")[0] : UNKNOWN;
    }

    /**
     * The first processor's name with its family, model and stepping, since a virtual machine often hides the exact
     * name.
     */
    static String processor(List<String> cpuInfo) {
        Optional<String> name = value(cpuInfo, "model name");
        if (name.isEmpty()) {
            return UNKNOWN;
        }
        StringBuilder text = new StringBuilder(name.get());
        value(cpuInfo, "cpu family")
                .ifPresent(family -> text.append(", family ").append(family));
        value(cpuInfo, "model").ifPresent(model -> text.append(", model ").append(model));
        value(cpuInfo, "stepping")
                .ifPresent(stepping -> text.append(", stepping ").append(stepping));
        return text.toString();
    }

    private static Optional<String> value(List<String> cpuInfo, String name) {
        return cpuInfo.stream()
                .map(line -> line.split(":", 2))
                .filter(parts -> parts.length == 2 && parts[0].strip().equals(name))
                .map(parts -> parts[1].strip())
                .findFirst();
    }
}
