package io.panocrypt.benchmarks.ec;

/** Welch's t statistic: how surely two series, whose variances may differ, have different means. */
final class WelchTest {
    private WelchTest() {}

    /**
     * The statistic (B. L. Welch, Biometrika 34, 1947): the difference of the means over its standard error.
     *
     * @param a at least two values
     * @param b likewise
     * @return positive where a's mean is greater; 0 where both series are one and the same constant
     */
    static double t(double[] a, double[] b) {
        double difference = mean(a) - mean(b);
        return difference == 0 ? 0 : difference / standardError(a, b);
    }

    /** The standard error of the difference of two means, each of at least two values. */
    static double standardError(double[] a, double[] b) {
        return Math.sqrt(variance(a) / a.length + variance(b) / b.length);
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** The unbiased sample variance, around a mean found before: one pass would cancel. */
    private static double variance(double[] values) {
        double mean = mean(values);
        double sum = 0;
        for (double value : values) {
            sum += (value - mean) * (value - mean);
        }
        return sum / (values.length - 1);
    }
}
