package io.panocrypt.benchmarks.ec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FindingTest {
    private static final long SEED = 521;
    private static final int SAMPLES = 4000;

    private final Random random = new Random(SEED);

    /** Timings around a mean with the noise of a quiet machine. */
    private double[] timings(double mean) {
        return random.doubles(SAMPLES)
                .map(ignored -> mean + 10 * random.nextGaussian())
                .toArray();
    }

    /** The same, but an interrupt makes one in four very long. */
    private double[] disturbedTimings(double mean) {
        double[] timings = timings(mean);
        for (int i = 0; i < timings.length; i += 4) {
            timings[i] += 20_000 * random.nextDouble();
        }
        return timings;
    }

    @Test
    void doesNotFlagTwoSamplesOfOneKind() {
        Finding finding = Finding.of(timings(1000), timings(1000));
        assertFalse(finding.isFlagged(), () -> finding + ", seed " + SEED);
        assertEquals("no difference seen", finding.verdict());
    }

    @Test
    void flagsAShiftOfATenthOfTheDeviationAsProbable() {
        Finding finding = Finding.of(timings(1001.5), timings(1000));
        assertTrue(finding.t() > Finding.SUSPECT, () -> finding + ", seed " + SEED);
        assertEquals("LEAKS, PROBABLY", finding.verdict());
    }

    @Test
    void saysWhichClassIsFaster() {
        Finding finding = Finding.of(timings(990), timings(1000));
        assertTrue(finding.t() < -Finding.CERTAIN, () -> finding + ", seed " + SEED);
        assertEquals("LEAKS", finding.verdict());
    }

    @Test
    void seesByCroppingWhatInterruptsHide() {
        double[] fixed = disturbedTimings(1005);
        double[] other = disturbedTimings(1000);
        assertTrue(Math.abs(WelchTest.t(fixed, other)) < Finding.SUSPECT, () -> "not hidden, seed " + SEED);
        Finding finding = Finding.of(fixed, other);
        assertTrue(finding.isFlagged(), () -> finding + ", seed " + SEED);
        assertTrue(finding.keptShare() < 0.8, () -> finding + ", seed " + SEED);
    }

    @Test
    void doesNotCropSmallSamples() {
        Finding finding = Finding.of(new double[] {1, 2, 3, 4}, new double[] {2, 3, 4, 9});
        assertEquals(1, finding.keptShare());
        assertEquals(4, finding.fixedSamples());
    }

    @Test
    void wouldSeeSmallerDifferencesWithMoreSamples() {
        double[] few = new double[500];
        double[] many = new double[50_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = 1000 + 10 * random.nextGaussian();
        }
        System.arraycopy(many, 0, few, 0, few.length);
        double coarse = Finding.of(few, few).resolution();
        double fine = Finding.of(many, many).resolution();
        assertEquals(10, coarse / fine, 1.5, () -> "seed " + SEED);
    }
}
