package io.panocrypt.benchmarks.ec;

import io.panocrypt.benchmarks.Spread;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All times of one comparison, by row, rival and round, and the ratios that follow from them. */
final class Results {
    private static final int TITLE_WIDTH = 10;
    private static final int CELL_WIDTH = 22;

    private final Map<Row, Map<Rival, double[]>> times = new EnumMap<>(Row.class);

    void add(Row row, Map<Rival, double[]> timesByRival) {
        times.put(row, timesByRival);
    }

    Map<Row, Map<Rival, double[]>> times() {
        return times;
    }

    /** Median and quartiles of the paired ratios, or empty where one of the two was not measured. */
    Optional<Spread> ratio(Row row, Rival rival, Rival reference) {
        double[] values = times.get(row).get(rival);
        double[] references = times.get(row).get(reference);
        return values == null || references == null
                ? Optional.empty()
                : Optional.of(Spread.ofPairedRatios(values, references));
    }

    /** OpenSSL, or Bouncy Castle where OpenSSL is absent: the column that is 1. */
    Rival reference() {
        boolean hasOpenSsl = times.values().stream().anyMatch(row -> row.containsKey(Rival.OPENSSL));
        return hasOpenSsl ? Rival.OPENSSL : Rival.BOUNCY_CASTLE;
    }

    /** The table of ratios to {@link #reference()}: the median, in brackets the quartiles. */
    String table() {
        StringBuilder table = new StringBuilder();
        table.append(pad("x " + reference().heading(), TITLE_WIDTH));
        for (Rival rival : Rival.values()) {
            table.append(pad(rival.heading(), CELL_WIDTH));
        }
        for (Row row : times.keySet()) {
            newLine(table).append(pad(row.title(), TITLE_WIDTH));
            for (Rival rival : Rival.values()) {
                table.append(pad(cell(row, rival), CELL_WIDTH));
            }
        }
        return newLine(table).toString();
    }

    /**
     * One line for scripts, own over each rival: from bytes to bytes over those who do that, and the server's operation,
     * JSON included, over libjose.
     */
    String lastLine() {
        return "ratio-openssl=%s ratio-bc=%s ratio-libjose=%s"
                .formatted(
                        ownOver(Row.MULTIPLY, Rival.OPENSSL),
                        ownOver(Row.MULTIPLY, Rival.BOUNCY_CASTLE),
                        ownOver(Row.SERVER, Rival.LIBJOSE));
    }

    private String ownOver(Row row, Rival rival) {
        return ratio(row, Rival.OWN, rival)
                .map(spread -> String.format(Locale.ROOT, "%.3f", spread.median()))
                .orElse("absent");
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
