package io.panocrypt.benchmarks.ec;

import java.util.concurrent.TimeUnit;

/**
 * The length of a comparison.
 *
 * @param rounds number of rounds; each contender has two turns per round
 * @param turnNanos approximate length of one turn, in nanoseconds of processor time
 * @param warmUpNanos how long each contender runs before the first round, in nanoseconds of processor time
 */
record Plan(int rounds, long turnNanos, long warmUpNanos) {
    /** For the numbers in the documentation: about two minutes. */
    static final Plan FULL = new Plan(150, TimeUnit.MILLISECONDS.toNanos(5), TimeUnit.MILLISECONDS.toNanos(2000));

    /** For a quick look: half a minute. */
    static final Plan QUICK = new Plan(40, TimeUnit.MILLISECONDS.toNanos(4), TimeUnit.MILLISECONDS.toNanos(800));
}
