package io.panocrypt.benchmarks.ec;

/** Welch's t statistic: measures how certain it is that two series with different variances have different means. */
final class WelchTest {
    private WelchTest() {}

    /**
     * The statistic (B. L. Welch, Biometrika 34, 1947): the difference of the means over its standard error.
     *
     * @param a at least two values
     * @param b at least two values
     * @return positive if a's mean is greater; 0 if both series are the same constant
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

    /** The unbiased sample variance, computed in two passes: a single pass would lose precision by cancellation. */
    private static double variance(double[] values) {
        double mean = mean(values);
        double sum = 0;
        for (double value : values) {
            sum += (value - mean) * (value - mean);
        }
        return sum / (values.length - 1);
    }
}
