package io.panocrypt.benchmarks.ec;

import io.panocrypt.benchmarks.Spread;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * The command behind {@code ./benchmarks/run cold}: measures the wall-clock time of the first multiplications in a
 * fresh JVM. The first one includes creating the engine.
 */
public final class ColdStart {
    private static final int OPERATIONS = 600;
    private static final double NANOS_IN_MILLI = 1e6;

    private ColdStart() {}

    /**
     * Multiplies and prints one line.
     *
     * @param args none
     * @throws Exception any fault ends the run
     */
    public static void main(String[] args) throws Exception {
        // Bouncy Castle generates the inputs, to keep the engine cold.
        Random random = new Random();
        EcKeyPair key = Inputs.freshKey(random);
        EcPoint point = Inputs.freshKey(random).publicKey();
        double[] millis = new double[OPERATIONS];
        long start = System.nanoTime();
        ScalarMultiplier multiplier = Engines.own(new SecureRandom()).multiplier(key);
        for (int i = 0; i < OPERATIONS; i++) {
            multiplier.multiply(point);
            long end = System.nanoTime();
            millis[i] = (end - start) / NANOS_IN_MILLI;
            start = end;
        }
        int steady = steadyAfter(millis);
        System.out.printf(
                Locale.ROOT,
                "first %.1f ms, 10th %.1f ms, 50th %.1f ms, steady after %d operations or %.0f ms%n",
                millis[0],
                millis[9],
                millis[49],
                steady,
                Arrays.stream(millis, 0, steady).sum());
    }

    /**
     * The number of operations before the first ten in a row whose median is within 25 % of the final median, that of
     * the last sixth.
     */
    static int steadyAfter(double[] times) {
        double end = Spread.of(Arrays.copyOfRange(times, times.length - times.length / 6, times.length))
                .median();
        int from = 0;
        while (Spread.of(Arrays.copyOfRange(times, from, from + 10)).median() > 1.25 * end) {
            from++;
        }
        return from;
    }
}
