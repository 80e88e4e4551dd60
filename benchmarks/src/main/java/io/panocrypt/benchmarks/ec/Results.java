package io.panocrypt.benchmarks.ec;

import io.panocrypt.benchmarks.Spread;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The times of one comparison by row, rival and round, and their ratios. */
final class Results {
    /** A median with a larger relative margin reflects other load on the machine, not the contenders. */
    static final double MAX_MARGIN = 0.03;

    private static final String NOISY = "noisy";
    private static final int TITLE_WIDTH = 10;
    private static final int CELL_WIDTH = 22;

    private final Map<Row, Timings> timings = new EnumMap<>(Row.class);
    private final boolean pinned;

    /** @param pinned whether all contenders ran on the same processor */
    Results(boolean pinned) {
        this.pinned = pinned;
    }

    void add(Row row, Timings measured) {
        timings.put(row, measured);
    }

    Map<Row, Timings> timings() {
        return timings;
    }

    /** The smallest processor share of all rows. */
    double processorShare() {
        return timings.values().stream()
                .mapToDouble(Timings::processorShare)
                .min()
                .orElseThrow();
    }

    /** Median and quartiles of the paired ratios; empty if either rival was not measured. */
    Optional<Spread> ratio(Row row, Rival rival, Rival reference) {
        double[] values = nanos(row).get(rival);
        double[] references = nanos(row).get(reference);
        return values == null || references == null
                ? Optional.empty()
                : Optional.of(Spread.ofPairedRatios(values, references));
    }

    private Map<Rival, double[]> nanos(Row row) {
        Timings measured = timings.get(row);
        return measured == null ? Map.of() : measured.nanos();
    }

    /** The column defined as 1: OpenSSL, or Bouncy Castle if OpenSSL is absent. */
    Rival reference() {
        boolean hasOpenSsl =
                timings.values().stream().anyMatch(row -> row.nanos().containsKey(Rival.OPENSSL));
        return hasOpenSsl ? Rival.OPENSSL : Rival.BOUNCY_CASTLE;
    }

    /** The table of ratios to {@link #reference()}: the median, with the quartiles in brackets. */
    String table() {
        StringBuilder table = new StringBuilder();
        table.append(pad("x " + reference().heading(), TITLE_WIDTH));
        for (Rival rival : Rival.values()) {
            table.append(pad(rival.heading(), CELL_WIDTH));
        }
        for (Row row : timings.keySet()) {
            newLine(table).append(pad(row.title(), TITLE_WIDTH));
            for (Rival rival : Rival.values()) {
                table.append(pad(cell(row, rival), CELL_WIDTH));
            }
        }
        return newLine(table).toString();
    }

    /**
     * One line for scripts with the ratio of the own engine to each rival: from bytes to bytes, and for libjose the
     * server's operation including JSON. Without a result, a word gives the reason: absent, unpinned or noisy.
     */
    String lastLine() {
        return "ratio-openssl=%s ratio-bc=%s ratio-libjose=%s"
                .formatted(
                        ownOver(Row.MULTIPLY, Rival.OPENSSL),
                        ownOver(Row.MULTIPLY, Rival.BOUNCY_CASTLE),
                        ownOver(Row.SERVER, Rival.LIBJOSE));
    }

    /** Why some numbers of {@link #lastLine()} are not valid; empty if all are valid or absent. */
    Optional<String> doubt() {
        if (!pinned) {
            return Optional.of("not pinned: the two sides of a ratio may have run on different processors");
        }
        return lastLine().contains(NOISY)
                ? Optional.of(String.format(
                        Locale.ROOT, "not quiet enough: a ratio is not known to %.0f %%", 100 * MAX_MARGIN))
                : Optional.empty();
    }

    private String ownOver(Row row, Rival rival) {
        return ratio(row, Rival.OWN, rival).map(this::verdict).orElse("absent");
    }

    private String verdict(Spread ratio) {
        if (!pinned) {
            return "unpinned";
        }
        return ratio.margin() > MAX_MARGIN ? NOISY : String.format(Locale.ROOT, "%.3f", ratio.median());
    }

    private String cell(Row row, Rival rival) {
        if (!row.concerns(rival)) {
            return "-";
        }
        return ratio(row, rival, reference())
                .map(spread -> String.format(
                        Locale.ROOT,
                        "%.3f [%.3f-%.3f]",
                        spread.median(),
                        spread.lowerQuartile(),
                        spread.upperQuartile()))
                .orElse("absent");
    }

    private static StringBuilder newLine(StringBuilder table) {
        table.setLength(table.toString().stripTrailing().length());
        return table.append('\n');
    }

    private static String pad(String text, int width) {
        return String.format(Locale.ROOT, "%-" + width + "s ", text);
    }
}
