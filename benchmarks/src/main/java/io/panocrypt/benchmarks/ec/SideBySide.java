package io.panocrypt.benchmarks.ec;

import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.security.GeneralSecurityException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A comparison in rounds. In each, everybody has two short turns, the second ones in reverse order, so that what changes
 * steadily during a round weighs equally on all; who begins moves on from round to round.
 */
final class SideBySide {
    /** Rounds in a row without the compiler before anything counts: one method may take it longer than a round. */
    private static final int SETTLED_ROUNDS = 3;

    private static final int MAX_SETTLING_ROUNDS = 30;

    private final List<Contender> contenders;
    private final int[] operations;
    private final LongSupplier compiledMillis;

    private SideBySide(List<Contender> contenders, LongSupplier compiledMillis) {
        this.contenders = contenders;
        this.operations = new int[contenders.size()];
        this.compiledMillis = compiledMillis;
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

    /** @param compiledMillis how long the JVM's compilers have worked so far */
    static Timings run(List<Contender> contenders, Plan plan, LongSupplier compiledMillis)
            throws GeneralSecurityException, IOException {
        SideBySide comparison = new SideBySide(contenders, compiledMillis);
        comparison.warmUp(plan);
        comparison.settle();
        return comparison.measure(plan.rounds());
    }

    private void warmUp(Plan plan) throws GeneralSecurityException, IOException {
        for (int i = 0; i < operations.length; i++) {
            double each = warmUp(contenders.get(i), plan.warmUpNanos());
            operations[i] = (int) Math.max(1, Math.round(plan.turnNanos() / each));
        }
    }

    /** Runs it for about the given time, in bursts that grow, and says how long one operation took in the last. */
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
            for (int turn : turns(operations.length, round)) {
                contenders.get(turn).nanosOf(operations[turn]);
            }
            long now = compiledMillis.getAsLong();
            settled = now == compiled ? settled + 1 : 0;
            compiled = now;
        }
    }

    private Timings measure(int rounds) throws GeneralSecurityException, IOException {
        Map<Rival, double[]> times = new EnumMap<>(Rival.class);
        for (Contender contender : contenders) {
            times.put(contender.rival(), new double[rounds]);
        }
        long busy = 0;
        long start = System.nanoTime();
        for (int round = 0; round < rounds; round++) {
            for (int turn : turns(operations.length, round)) {
                long took = contenders.get(turn).nanosOf(operations[turn]);
                busy += took;
                times.get(contenders.get(turn).rival())[round] += took / (2.0 * operations[turn]);
            }
        }
        return new Timings(times, (double) busy / (System.nanoTime() - start));
    }

    /** Who works when in a round: everybody once, from one on that moves on with the rounds, and then back. */
    static int[] turns(int contenders, int round) {
        int[] turns = new int[2 * contenders];
        for (int i = 0; i < contenders; i++) {
            turns[i] = (round + i) % contenders;
            turns[turns.length - 1 - i] = turns[i];
        }
        return turns;
    }
}
