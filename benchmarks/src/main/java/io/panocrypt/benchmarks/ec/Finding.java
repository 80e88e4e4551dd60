package io.panocrypt.benchmarks.ec;

import io.panocrypt.benchmarks.Spread;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * The result of comparing two classes of timings: the largest absolute t over all croppings.
 *
 * @param t Welch's t, positive where the fixed class took longer
 * @param keptShare the share of the measurements, fastest first, in which this t was found
 * @param resolution the relative difference that would reach {@link #SUSPECT} among the fastest 90 %
 * @param fixedSamples number of measurements of the fixed class before cropping
 * @param randomSamples the same for the random class
 */
record Finding(double t, double keptShare, double resolution, int fixedSamples, int randomSamples) {
    /** Above this value the two classes differ: the usual bound of leakage tests. */
    static final double SUSPECT = 4.5;

    /** Above this value dudect calls code definitely not constant time. */
    static final double CERTAIN = 10;

    private static final int CROPPINGS = 100;
    private static final int MIN_SAMPLES = 200;

    /**
     * Crops as dudect does (O. Reparaz, J. Balasch, I. Verbauwhede, "Dude, is my code constant time?", DATE 2017): the
     * machine causes most slow measurements, and they hide small differences. No single threshold suits all cases. So
     * the test runs on all measurements, then on those below each of 100 percentiles, which are denser towards the top.
     * Croppings with fewer than 200 measurements of a class are skipped.
     */
    static Finding of(double[] fixed, double[] random) {
        double[] all = DoubleStream.concat(Arrays.stream(fixed), Arrays.stream(random))
                .sorted()
                .toArray();
        double strongest = WelchTest.t(fixed, random);
        double strongestShare = 1;
        for (int i = 1; i <= CROPPINGS; i++) {
            double share = 1 - Math.pow(0.5, 10.0 * i / CROPPINGS);
            double limit = Spread.quantile(all, share);
            double[] fixedKept = below(fixed, limit);
            double[] randomKept = below(random, limit);
            if (Math.min(fixedKept.length, randomKept.length) >= MIN_SAMPLES) {
                double t = WelchTest.t(fixedKept, randomKept);
                if (Math.abs(t) > Math.abs(strongest)) {
                    strongest = t;
                    strongestShare = share;
                }
            }
        }
        double calm = Spread.quantile(all, 0.9);
        double resolution = SUSPECT * WelchTest.standardError(below(fixed, calm), below(random, calm)) / calm;
        return new Finding(strongest, strongestShare, resolution, fixed.length, random.length);
    }

    boolean isFlagged() {
        return Math.abs(t) > SUSPECT;
    }

    String verdict() {
        if (!isFlagged()) {
            return "no difference seen";
        }
        return Math.abs(t) > CERTAIN ? "LEAKS" : "LEAKS, PROBABLY";
    }

    private static double[] below(double[] values, double limit) {
        return Arrays.stream(values).filter(value -> value < limit).toArray();
    }
}
