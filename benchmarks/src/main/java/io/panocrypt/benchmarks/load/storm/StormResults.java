package io.panocrypt.benchmarks.load.storm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.benchmarks.Spread;
import io.panocrypt.benchmarks.load.server.Operator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The results of a boot storm. */
final class StormResults {
    private static final double KIB_PER_MIB = 1_024;
    private static final double NANOS_PER_SECOND = 1e9;

    /** The expected answers to machines that need no approval. */
    private static final Set<String> EXCUSED = Set.of("200", "503", BootTally.NO_ANSWER);

    /** The additional answer to machines that wait for an approval. */
    private static final String WAITS = "423";

    /**
     * What the storm cost the server.
     *
     * @param processorMillis processor time during the storm
     * @param peakKib peak physical memory
     * @param threads maximum number of threads
     * @param heapKib heap in use afterwards, without garbage
     */
    record Server(long processorMillis, long peakKib, long threads, long heapKib) {}

    /**
     * The history after the storm.
     *
     * @param rows number of journal entries, all intact
     * @param allowed number of keys given during the storm
     */
    record History(long rows, long allowed) {}

    private final int devices;
    private final boolean drained;
    private final Duration length;
    private final BootTally plain;
    private final BootTally approved;
    private final int mostUnderWay;
    private final Approvers approvers;
    private final Server server;
    private final History history;

    StormResults(
            int devices,
            boolean drained,
            Duration length,
            BootStorm storm,
            Approvers approvers,
            Server server,
            History history) {
        this.devices = devices;
        this.drained = drained;
        this.length = length;
        this.plain = storm.plain();
        this.approved = storm.approved();
        this.mostUnderWay = storm.mostUnderWay();
        this.approvers = approvers;
        this.server = server;
        this.history = history;
    }

    private int unlocked() {
        return plain.unlocked() + approved.unlocked();
    }

    /** Counts answers that neither policy nor overload explains: 403, 404, 429, a wrong key and so on. */
    static int undue(BootTally tally, boolean mayWait) {
        return tally.answers().entrySet().stream()
                .filter(answer -> !EXCUSED.contains(answer.getKey()))
                .filter(answer -> !(mayWait && answer.getKey().equals(WAITS)))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    private int undue() {
        return undue(plain, false) + undue(approved, true);
    }

    /** Whether every machine got its key, none was refused, and the history records every key. */
    boolean isGood() {
        return drained && undue() == 0 && history.allowed() >= devices;
    }

    String text() {
        List<String> lines = new ArrayList<>();
        lines.add(row("machines", "", "keys", "last s", "p50 s", "p99 s", "answers"));
        lines.add(row(plain, "at once"));
        lines.add(row(approved, "approved"));
        lines.add("");
        lines.add(line(
                "%.1f s until the last key%s; %d connections at once at most",
                length.toMillis() / 1e3, drained ? "" : ", and NOT everybody has one", mostUnderWay));
        lines.add(line(
                "approvers: %d approvals, %d calls, %d failed, the slowest took %.0f ms",
                approvers.approvals(), approvers.calls(), approvers.failures(), approvers.slowestMillis()));
        lines.add(line(
                "server: %.1f s of processor time, %.0f MiB at most, %d threads at most, %.0f MiB of heap afterwards",
                server.processorMillis() / 1e3,
                server.peakKib() / KIB_PER_MIB,
                server.threads(),
                server.heapKib() / KIB_PER_MIB));
        lines.add(line(
                "history: %d rows, all intact; it tells of %d keys, %d came",
                history.rows(), history.allowed(), unlocked()));
        return String.join("\n", lines) + "\n";
    }

    private static String row(BootTally tally, String name) {
        double[] nanos = tally.sortedNanos();
        return row(
                name,
                "",
                Integer.toString(tally.unlocked()),
                seconds(nanos, 1),
                seconds(nanos, 0.5),
                seconds(nanos, 0.99),
                tally.answers().toString());
    }

    private static String row(String... cells) {
        return String.format(Locale.ROOT, "%-10s%s %7s %8s %8s %8s  %s", (Object[]) cells);
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String seconds(double[] sortedNanos, double share) {
        return sortedNanos.length == 0 ? "-" : line("%.2f", Spread.quantile(sortedNanos, share) / NANOS_PER_SECOND);
    }

    ObjectNode json() {
        ObjectNode root = Operator.JSON.createObjectNode();
        root.put("devices", devices).put("drained", drained).put("seconds", length.toMillis() / 1e3);
        root.put("mostConnections", mostUnderWay);
        put(root.putObject("atOnce"), plain);
        put(root.putObject("approved"), approved);
        root.putObject("approvers")
                .put("approvals", approvers.approvals())
                .put("calls", approvers.calls())
                .put("failures", approvers.failures())
                .put("slowestMillis", approvers.slowestMillis());
        root.putObject("server")
                .put("processorMillis", server.processorMillis())
                .put("peakKib", server.peakKib())
                .put("threads", server.threads())
                .put("heapKib", server.heapKib());
        root.putObject("history").put("rows", history.rows()).put("allowed", history.allowed());
        return root.put("lastLine", lastLine());
    }

    private static void put(ObjectNode into, BootTally tally) {
        double[] nanos = tally.sortedNanos();
        into.put("keys", tally.unlocked());
        if (nanos.length > 0) {
            into.put("lastSeconds", nanos[nanos.length - 1] / NANOS_PER_SECOND)
                    .put("p50Seconds", Spread.quantile(nanos, 0.5) / NANOS_PER_SECOND)
                    .put("p99Seconds", Spread.quantile(nanos, 0.99) / NANOS_PER_SECOND);
        }
        tally.answers().forEach(into.putObject("answers")::put);
    }

    /** The number of answers by kind. */
    Map<String, Double> bars() {
        Set<String> kinds = new TreeSet<>(plain.answers().keySet());
        kinds.addAll(approved.answers().keySet());
        Map<String, Double> bars = new LinkedHashMap<>();
        for (String kind : kinds) {
            bars.put(
                    "answers: " + kind,
                    (double) plain.answers().getOrDefault(kind, 0)
                            + approved.answers().getOrDefault(kind, 0));
        }
        return bars;
    }

    /** One line for scripts; {@code undue} should be 0. */
    String lastLine() {
        return line(
                "keys=%d of=%d undue=%d seconds=%.1f p99-s=%s",
                unlocked(), devices, undue(), length.toMillis() / 1e3, seconds(plain.sortedNanos(), 0.99));
    }
}
