package io.panocrypt.benchmarks.load;

import java.util.Locale;

/** The requests a second of each subject as bars, in SVG. */
final class Plot {
    private static final int WIDTH = 720;
    private static final int LABEL = 230;
    private static final int VALUE = 60;
    private static final int LINE = 22;
    private static final int MARGIN = 12;

    private Plot() {}

    static String of(LoadResults results, Plan plan) {
        double most = 1;
        for (Scenario scenario : Scenario.values()) {
            for (Subject subject : plan.subjects(scenario)) {
                most = Math.max(
                        most, results.median(scenario, subject, Turn::perSecond).orElse(0.0));
            }
        }
        StringBuilder bars = new StringBuilder();
        int y = MARGIN;
        for (Scenario scenario : Scenario.values()) {
            for (Subject subject : plan.subjects(scenario)) {
                double value =
                        results.median(scenario, subject, Turn::perSecond).orElse(0.0);
                if (value > 0) {
                    bars.append(bar(y, scenario.title() + ", " + subject.title(), value, most));
                    y += LINE;
                }
            }
        }
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                                + " font-size=\"12\"><title>requests a second, median of rounds</title>%n",
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
