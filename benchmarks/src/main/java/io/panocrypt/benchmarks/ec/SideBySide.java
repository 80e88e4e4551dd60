package io.panocrypt.benchmarks.ec;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A comparison in rounds: everybody has one short turn in each, and the turns' order moves on from round to round. */
final class SideBySide {
    private SideBySide() {}

    /** Nanoseconds for one operation, by rival and round. */
    static Map<Rival, double[]> run(List<Contender> contenders, Plan plan)
            throws GeneralSecurityException, IOException {
        int[] operations = new int[contenders.size()];
        for (int i = 0; i < operations.length; i++) {
            double each = warmUp(contenders.get(i), plan.warmUpNanos());
            operations[i] = (int) Math.max(1, Math.round(plan.turnNanos() / each));
        }
        Map<Rival, double[]> times = new EnumMap<>(Rival.class);
        for (Contender contender : contenders) {
            times.put(contender.rival(), new double[plan.rounds()]);
        }
        for (int round = 0; round < plan.rounds(); round++) {
            for (int turn = 0; turn < operations.length; turn++) {
                int at = (round + turn) % operations.length;
                Contender contender = contenders.get(at);
                times.get(contender.rival())[round] = (double) contender.nanosOf(operations[at]) / operations[at];
            }
        }
        return times;
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
}
