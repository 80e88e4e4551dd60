package io.panocrypt.benchmarks;

import java.util.Arrays;

/**
 * The median of a series and the quartiles around it (linear between neighbours, as R's type 7).
 *
 * @param margin relative error of the median: half of its 95 % interval by order statistics, assuming independent
 *     values
 */
public record Spread(double lowerQuartile, double median, double upperQuartile, double margin) {
    /** A normal variable is within this many standard deviations of its mean in 95 % of all cases. */
    private static final double DEVIATIONS = 1.96;

    /** The spread of at least one value, in any order. */
    public static Spread of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double median = quantile(sorted, 0.5);
        // How many values lie below the true median is binomial, with a deviation of half the root of their number.
        double reach = Math.min(0.5, DEVIATIONS / 2 / Math.sqrt(sorted.length));
        double interval = quantile(sorted, 0.5 + reach) - quantile(sorted, 0.5 - reach);
        return new Spread(quantile(sorted, 0.25), median, quantile(sorted, 0.75), interval / 2 / median);
    }

    /**
     * The spread of the ratios of values that were measured in the same round. Paired ratios cancel what slows down a
     * whole round, such as other load. The ratio of two medians would not.
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

    /** The quantile of a sorted series, from 0 (minimum) to 1 (maximum). */
    public static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
