package io.panocrypt.benchmarks.load.client;

import java.util.Arrays;

/** The answers of one turn: how long each took, and how many failed. */
public final class Tally {
    private long[] nanos = new long[4_096];
    private int answers;
    private int inTime;
    private int failures;

    /** @param inTime whether the answer came before the turn ended */
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

    /** The number of correct answers, including those after the end of the turn. */
    public int answers() {
        return answers;
    }

    /** The number of correct answers during the turn. */
    public int inTime() {
        return inTime;
    }

    public int failures() {
        return failures;
    }

    /** The times of all correct answers, in nanoseconds, sorted. */
    public double[] sorted() {
        double[] sorted = Arrays.stream(nanos, 0, answers).asDoubleStream().toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
