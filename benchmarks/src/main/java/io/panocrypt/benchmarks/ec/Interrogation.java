package io.panocrypt.benchmarks.ec;

import io.panocrypt.benchmarks.Spread;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.stream.DoubleStream;

/** The measuring loop of a leak test: batches are prepared untimed, each multiplication is then timed alone. */
final class Interrogation {
    private static final int BATCH = 64;

    /** Whatever the time: with fewer, a silence would mean nothing. */
    private static final int MIN_BATCHES = 16;

    private final Suspect suspect;
    private final Inputs inputs;

    Interrogation(Suspect suspect, Inputs inputs) {
        this.suspect = suspect;
        this.inputs = inputs;
    }

    /** Lets the compiler finish with this suspect before anything counts. */
    void warmUp(Duration time) throws GeneralSecurityException {
        measure(LeakTest.CONTROL, time, 1);
    }

    /**
     * Measures for the given time, preparation included, and at least about 1,000 times.
     *
     * <p>A coin decides for each measurement which class it belongs to, so that a drift of the machine falls on both; and
     * each is taken relative to its batch's median, which is of both classes, so that most of the drift falls out.
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
