package io.panocrypt.benchmarks.load.client;

import java.util.Arrays;

/** What a generator has seen in one turn: how long each answer took, and what went wrong. */
public final class Tally {
    private long[] nanos = new long[4_096];
    private int answers;
    private int inTime;
    private int failures;

    /** @param inTime whether the turn was not over when the answer came */
    void answered(long took, boolean inTime) {
        if (answers == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * nanos.length);
        }
        nanos[answers++] = took;
        if (inTime) {
            this.inTime++;
        }
    }

    void failed() {
        failures++;
    }

    /** All right answers, those included that came when the turn was over. */
    public int answers() {
        return answers;
    }

    /** Right answers while the turn lasted. */
    public int inTime() {
        return inTime;
    }

    public int failures() {
        return failures;
    }

    /** In nanoseconds, sorted. */
    public double[] sorted() {
        double[] sorted = Arrays.stream(nanos, 0, answers).asDoubleStream().toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
