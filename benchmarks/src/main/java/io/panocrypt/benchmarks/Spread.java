package io.panocrypt.benchmarks;

import java.util.Arrays;

/** The median of a series and the quartiles around it (linear between neighbours, as R's type 7). */
public record Spread(double lowerQuartile, double median, double upperQuartile) {
    /** The spread of at least one value, in any order. */
    public static Spread of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75));
    }

    /**
     * The spread of the ratios of values that were measured in the same round. What slows a whole round down, such as a
     * neighbour, falls out of them; the ratio of two medians would keep it.
     */
    public static Spread ofPairedRatios(double[] values, double[] references) {
        if (values.length != references.length) {
            throw new IllegalArgumentException("not the same number of rounds");
        }
        double[] ratios = new double[values.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = values[i] / references[i];
        }
        return of(ratios);
    }

    /** How far the quartiles are apart, as a share of the median. */
    public double width() {
        return (upperQuartile - lowerQuartile) / median;
    }

    /** The quantile of a sorted series, from 0 (least) to 1 (greatest). */
    public static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
