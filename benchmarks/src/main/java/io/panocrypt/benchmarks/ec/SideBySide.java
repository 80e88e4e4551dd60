package io.panocrypt.benchmarks.ec;

import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * A comparison in rounds. In each round every contender has two short turns: from the slowest to the fastest, and back.
 * Contenders of similar speed run next to each other, and steady changes affect all equally. The two fastest swap their
 * order each round, because the one in the middle finds its data in the caches.
 */
final class SideBySide {
    /**
     * How many consecutive rounds without compilation start the measurement. Compiling one method may take longer than
     * a round.
     */
    private static final int SETTLED_ROUNDS = 3;

    private static final int MAX_SETTLING_ROUNDS = 30;

    private final List<Paced> contenders;
    private final LongSupplier compiledMillis;

    private SideBySide(List<Paced> contenders, LongSupplier compiledMillis) {
        this.contenders = contenders;
        this.compiledMillis = compiledMillis;
    }

    /** A warmed-up contender and the time of one operation. */
    private record Paced(Contender contender, double nanosEach, long turnNanos) {
        int operations() {
            return (int) Math.max(1, Math.round(turnNanos / nanosEach));
        }

        long takeTurn() throws GeneralSecurityException, IOException {
            return contender.nanosOf(operations());
        }
    }

    static Timings run(List<Contender> contenders, Plan plan) throws GeneralSecurityException, IOException {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        return run(
                contenders,
                plan,
                compiler != null && compiler.isCompilationTimeMonitoringSupported()
                        ? compiler::getTotalCompilationTime
                        : () -> 0);
    }

    /** @param compiledMillis supplies the total time the JVM's compilers have worked, in milliseconds */
    static Timings run(List<Contender> contenders, Plan plan, LongSupplier compiledMillis)
            throws GeneralSecurityException, IOException {
        List<Paced> paced = new ArrayList<>();
        for (Contender contender : contenders) {
            paced.add(new Paced(contender, warmUp(contender, plan.warmUpNanos()), plan.turnNanos()));
        }
        paced.sort(Comparator.comparingDouble(Paced::nanosEach).reversed());
        SideBySide comparison = new SideBySide(paced, compiledMillis);
        comparison.settle();
        return comparison.measure(plan.rounds());
    }

    /**
     * Runs the contender for about the given time in growing bursts. Returns the time of one operation in the last
     * burst.
     */
    private static double warmUp(Contender contender, long nanos) throws GeneralSecurityException, IOException {
        long spent = 0;
        int burst = 1;
        while (true) {
            long took = contender.nanosOf(burst);
            spent += took;
            if (spent >= nanos) {
                return (double) took / burst;
            }
            if (took < nanos / 16) {
                burst *= 2;
            }
        }
    }

    private void settle() throws GeneralSecurityException, IOException {
        long compiled = compiledMillis.getAsLong();
        int settled = 0;
        for (int round = 0; round < MAX_SETTLING_ROUNDS && settled < SETTLED_ROUNDS; round++) {
            for (int turn : turns(contenders.size(), round)) {
                contenders.get(turn).takeTurn();
            }
            long now = compiledMillis.getAsLong();
            settled = now == compiled ? settled + 1 : 0;
            compiled = now;
        }
    }

    private Timings measure(int rounds) throws GeneralSecurityException, IOException {
        Map<Rival, double[]> times = new EnumMap<>(Rival.class);
        for (Paced paced : contenders) {
            times.put(paced.contender().rival(), new double[rounds]);
        }
        long busy = 0;
        long start = System.nanoTime();
        for (int round = 0; round < rounds; round++) {
            for (int turn : turns(contenders.size(), round)) {
                Paced paced = contenders.get(turn);
                long took = paced.takeTurn();
                busy += took;
                Objects.requireNonNull(times.get(paced.contender().rival()))[round] +=
                        took / (2.0 * paced.operations());
            }
        }
        return new Timings(times, (double) busy / (System.nanoTime() - start));
    }

    /** The order of turns in a round: all contenders once, the last two in alternating order, then in reverse. */
    static int[] turns(int contenders, int round) {
        int[] turns = new int[2 * contenders];
        for (int i = 0; i < contenders; i++) {
            boolean swapped = round % 2 == 1 && contenders > 1 && i >= contenders - 2;
            turns[i] = swapped ? 2 * contenders - 3 - i : i;
            turns[turns.length - 1 - i] = turns[i];
        }
        return turns;
    }
}
