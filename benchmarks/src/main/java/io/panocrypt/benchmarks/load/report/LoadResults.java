package io.panocrypt.benchmarks.load.report;

import io.panocrypt.benchmarks.Spread;
import io.panocrypt.benchmarks.load.client.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The turns of one run by scenario and subject, and the table made from them. */
public final class LoadResults {
    private final Map<Scenario, Map<Subject, List<Turn>>> turns = new EnumMap<>(Scenario.class);

    public void add(Scenario scenario, Subject subject, Turn turn) {
        turns.computeIfAbsent(scenario, any -> new EnumMap<>(Subject.class))
                .computeIfAbsent(subject, any -> new ArrayList<>())
                .add(turn);
    }

    /** The turns in the order of rounds; empty if not measured. */
    List<Turn> of(Scenario scenario, Subject subject) {
        return List.copyOf(turns.getOrDefault(scenario, Map.of()).getOrDefault(subject, List.of()));
    }

    public Optional<Double> median(Scenario scenario, Subject subject, ToDoubleFunction<Turn> value) {
        double[] values = values(scenario, subject, value);
        return values.length == 0
                ? Optional.empty()
                : Optional.of(Spread.of(values).median());
    }

    /** The ratios of a subject to tangd in the same rounds, sorted; empty if either was not measured. */
    double[] ratios(Scenario scenario, Subject subject, ToDoubleFunction<Turn> value) {
        double[] values = values(scenario, subject, value);
        double[] references = values(scenario, Subject.TANGD, value);
        return references.length == values.length ? ratios(values, references) : new double[0];
    }

    /** The ratios of values measured in the same rounds, sorted. */
    public static double[] ratios(double[] values, double[] references) {
        double[] ratios = new double[values.length];
        Arrays.setAll(ratios, round -> values[round] / references[round]);
        Arrays.sort(ratios);
        return ratios;
    }

    private double[] values(Scenario scenario, Subject subject, ToDoubleFunction<Turn> value) {
        return of(scenario, subject).stream().mapToDouble(value).toArray();
    }

    /** The table with one row per scenario and subject: medians, and ratios to tangd with their range. */
    public String table(Plan plan) {
        StringBuilder table = new StringBuilder(row(
                "",
                "subject",
                "requests/s",
                "x tangd (range)",
                "cpu ms",
                "x tangd (range)",
                "p50 ms",
                "p99 ms",
                "MiB",
                "failed"));
        for (Scenario scenario : Scenario.values()) {
            for (Subject subject : plan.subjects(scenario)) {
                table.append(
                        of(scenario, subject).isEmpty()
                                ? row(scenario.title(), subject.title(), "absent", "", "", "", "", "", "", "")
                                : measured(scenario, subject));
            }
        }
        return table.toString();
    }

    private String measured(Scenario scenario, Subject subject) {
        return row(
                scenario.title(),
                subject.title(),
                cell("%.0f", scenario, subject, Turn::perSecond),
                range("%.1f", ratios(scenario, subject, Turn::perSecond)),
                cell("%.2f", scenario, subject, Turn::processorMillis),
                range("%.3f", ratios(scenario, subject, Turn::processorMillis)),
                cell("%.2f", scenario, subject, Turn::p50),
                cell("%.2f", scenario, subject, Turn::p99),
                cell("%.0f", scenario, subject, Turn::memoryMib),
                Integer.toString(
                        of(scenario, subject).stream().mapToInt(Turn::failures).sum()));
    }

    private static String row(String... cells) {
        String line = String.format(Locale.ROOT, "%-16s %-12s %11s %18s %7s %21s %8s %8s %5s %7s", (Object[]) cells);
        return line.stripTrailing() + '\n';
    }

    private String cell(String format, Scenario scenario, Subject subject, ToDoubleFunction<Turn> value) {
        return median(scenario, subject, value)
                .map(median -> String.format(Locale.ROOT, format, median))
                .orElse("");
    }

    /** Formats the median and the range of sorted values. */
    public static String range(String format, double[] sorted) {
        if (sorted.length == 0) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                format + " (" + format + "-" + format + ")",
                Spread.quantile(sorted, 0.5),
                sorted[0],
                sorted[sorted.length - 1]);
    }

    /** Requests per second by scenario and subject. */
    public Map<String, Double> bars(Plan plan) {
        Map<String, Double> bars = new LinkedHashMap<>();
        for (Scenario scenario : Scenario.values()) {
            for (Subject subject : plan.subjects(scenario)) {
                median(scenario, subject, Turn::perSecond)
                        .ifPresent(median -> bars.put(scenario.title() + ", " + subject.title(), median));
            }
        }
        return bars;
    }

    /**
     * One line for scripts: SQLite's requests per second relative to tangd and its processor time per unlock, both with
     * new connections, and its p99 at half load.
     */
    public String lastLine() {
        double[] ratios = ratios(Scenario.NEW, Subject.SQLITE, Turn::perSecond);
        return "ratio-tangd=%s cpu-ms-per-unlock=%s p99-ms=%s"
                .formatted(
                        ratios.length == 0
                                ? "absent"
                                : String.format(Locale.ROOT, "%.2f", Spread.quantile(ratios, 0.5)),
                        orAbsent("%.3f", median(Scenario.NEW, Subject.SQLITE, Turn::processorMillis)),
                        orAbsent("%.2f", median(Scenario.HALF, Subject.SQLITE, Turn::p99)));
    }

    private static String orAbsent(String format, Optional<Double> value) {
        return value.map(found -> String.format(Locale.ROOT, format, found)).orElse("absent");
    }
}
