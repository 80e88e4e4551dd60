package io.panocrypt.benchmarks.load.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.benchmarks.Spread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** The results of servers with few and many devices in the same rounds. */
public final class GrowthResults {
    private static final double KIB_PER_MIB = 1_024;
    private static final String ROW = "%-9s %11s %18s %8s %21s %8s %8s %9s %9s %8s %9s %7s";

    /**
     * What a server used by the end.
     *
     * @param starting the time from start to readiness
     * @param heapKib heap in use after a garbage collection
     * @param peakKib peak physical memory
     * @param fileBytes the size of the database file
     */
    public record Server(Duration starting, long heapKib, long peakKib, long fileBytes) {}

    private final SortedMap<Integer, List<Turn>> turns = new TreeMap<>();
    private final Map<Integer, Server> servers = new TreeMap<>();

    public void add(int devices, Turn turn) {
        turns.computeIfAbsent(devices, any -> new ArrayList<>()).add(turn);
    }

    public void ended(int devices, Server server) {
        servers.put(devices, server);
    }

    private double[] values(int devices, ToDoubleFunction<Turn> value) {
        return turns.getOrDefault(devices, List.of()).stream()
                .mapToDouble(value)
                .toArray();
    }

    private double median(int devices, ToDoubleFunction<Turn> value) {
        return Spread.of(values(devices, value)).median();
    }

    /** The ratios to the store with the fewest devices in the same rounds, sorted. */
    double[] ratios(int devices, ToDoubleFunction<Turn> value) {
        return LoadResults.ratios(values(devices, value), values(turns.firstKey(), value));
    }

    /** The table with one row for each number of devices. */
    public String table() {
        StringBuilder table = new StringBuilder(row(
                "devices",
                "requests/s",
                "x least (range)",
                "cpu ms",
                "x least (range)",
                "p50 ms",
                "p99 ms",
                "heap MiB",
                "peak MiB",
                "start s",
                "file MiB",
                "failed"));
        for (int devices : turns.keySet()) {
            Server server = Objects.requireNonNull(servers.get(devices));
            List<Turn> made = Objects.requireNonNull(turns.get(devices));
            table.append(row(
                    Integer.toString(devices),
                    text("%.0f", median(devices, Turn::perSecond)),
                    LoadResults.range("%.2f", ratios(devices, Turn::perSecond)),
                    text("%.3f", median(devices, Turn::processorMillis)),
                    LoadResults.range("%.3f", ratios(devices, Turn::processorMillis)),
                    text("%.2f", median(devices, Turn::p50)),
                    text("%.2f", median(devices, Turn::p99)),
                    text("%.0f", server.heapKib() / KIB_PER_MIB),
                    text("%.0f", server.peakKib() / KIB_PER_MIB),
                    text("%.2f", server.starting().toMillis() / 1e3),
                    text("%.0f", server.fileBytes() / KIB_PER_MIB / KIB_PER_MIB),
                    Integer.toString(made.stream().mapToInt(Turn::failures).sum())));
        }
        return table.toString();
    }

    private static String row(String... cells) {
        return String.format(Locale.ROOT, ROW, (Object[]) cells).stripTrailing() + '\n';
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    public ObjectNode json() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode stores = root.putArray("stores");
        turns.forEach((devices, made) -> {
            Server server = Objects.requireNonNull(servers.get(devices));
            ArrayNode rounds = stores.addObject()
                    .put("devices", devices)
                    .put("startMillis", server.starting().toMillis())
                    .put("heapKib", server.heapKib())
                    .put("peakKib", server.peakKib())
                    .put("fileBytes", server.fileBytes())
                    .putArray("turns");
            made.forEach(turn -> LoadFile.put(rounds.addObject(), turn));
        });
        return root.put("lastLine", lastLine());
    }

    /** Processor time per unlock, in microseconds, by number of devices. */
    public Map<String, Double> bars() {
        Map<String, Double> bars = new LinkedHashMap<>();
        turns.keySet()
                .forEach(devices ->
                        bars.put(devices + " devices, us each", 1_000 * median(devices, Turn::processorMillis)));
        return bars;
    }

    /** One line for scripts: the cost of an unlock in the largest store relative to the smallest. */
    public String lastLine() {
        int most = turns.lastKey();
        return String.format(
                Locale.ROOT,
                "devices=%d ratio-cpu=%.3f ratio-requests=%.3f heap-mib=%.0f",
                most,
                Spread.quantile(ratios(most, Turn::processorMillis), 0.5),
                Spread.quantile(ratios(most, Turn::perSecond), 0.5),
                Objects.requireNonNull(servers.get(most)).heapKib() / KIB_PER_MIB);
    }
}
