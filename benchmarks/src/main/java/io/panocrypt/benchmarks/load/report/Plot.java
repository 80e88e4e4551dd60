package io.panocrypt.benchmarks.load.report;

import java.util.Locale;
import java.util.Map;

/** Draws a bar chart in SVG. */
public final class Plot {
    private static final int WIDTH = 720;
    private static final int LABEL = 230;
    private static final int VALUE = 60;
    private static final int LINE = 22;
    private static final int MARGIN = 12;

    private Plot() {}

    /** @param values label and value of each bar, in order */
    public static String of(Map<String, Double> values) {
        double most = values.values().stream().mapToDouble(value -> value).max().orElse(1);
        StringBuilder bars = new StringBuilder();
        int y = MARGIN;
        for (Map.Entry<String, Double> value : values.entrySet()) {
            bars.append(bar(y, value.getKey(), value.getValue(), most));
            y += LINE;
        }
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                                + " font-size=\"12\"><title>medians of rounds</title>%n",
                        WIDTH,
                        y + MARGIN)
                + bars + "</svg>\n";
    }

    private static String bar(int y, String label, double value, double most) {
        double length = value / most * (WIDTH - LABEL - VALUE - 2 * MARGIN);
        return String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\">%s</text><rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"16\" fill=\"#47a\"/>"
                        + "<text x=\"%.1f\" y=\"%d\">%.0f</text>%n",
                MARGIN,
                y + 13,
                label,
                LABEL,
                y,
                length,
                LABEL + length + 6,
                y + 13,
                value);
    }
}
