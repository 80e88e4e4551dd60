package io.panocrypt.benchmarks.ec;

import io.panocrypt.benchmarks.Spread;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.stream.DoubleStream;

/** The measuring loop of a leak test. It prepares a batch untimed, then times each multiplication separately. */
final class Interrogation {
    private static final int BATCH = 64;

    /** The minimum whatever the time: with fewer batches, no finding would mean nothing. */
    private static final int MIN_BATCHES = 16;

    private final Suspect suspect;
    private final Inputs inputs;

    Interrogation(Suspect suspect, Inputs inputs) {
        this.suspect = suspect;
        this.inputs = inputs;
    }

    /** Runs the suspect until the compiler has finished with it. */
    void warmUp(Duration time) throws GeneralSecurityException {
        measure(LeakTest.CONTROL, time, 1);
    }

    /**
     * Measures for the given time, preparation included, and at least about 1,000 times.
     *
     * <p>A coin decides the class of each measurement, so a drift of the machine affects both classes. Each measurement
     * is divided by the median of its batch, which contains both classes. This removes most of the drift.
     */
    Finding ask(LeakTest test, Duration time) throws GeneralSecurityException {
        return measure(test, time, MIN_BATCHES);
    }

    private Finding measure(LeakTest test, Duration time, int leastBatches) throws GeneralSecurityException {
        DoubleStream.Builder fixed = DoubleStream.builder();
        DoubleStream.Builder random = DoubleStream.builder();
        Operation[] batch = new Operation[BATCH];
        boolean[] isFixed = new boolean[BATCH];
        double[] nanos = new double[BATCH];
        long start = System.nanoTime();
        for (int batches = 0; batches < leastBatches || System.nanoTime() - start < time.toNanos(); batches++) {
            for (int i = 0; i < BATCH; i++) {
                isFixed[i] = inputs.toss();
                batch[i] = test.prepare(suspect, inputs, isFixed[i]);
            }
            for (int i = 0; i < BATCH; i++) {
                nanos[i] = JavaContender.nanosOf(batch[i], 1);
            }
            double median = Spread.of(nanos).median();
            for (int i = 0; i < BATCH; i++) {
                (isFixed[i] ? fixed : random).add(nanos[i] / median);
            }
        }
        return Finding.of(fixed.build().toArray(), random.build().toArray());
    }
}
