package io.panocrypt.benchmarks.ec;

import java.util.concurrent.TimeUnit;

/**
 * How long a comparison takes.
 *
 * @param rounds how often each contender has its two turns
 * @param turnNanos about how long one turn is, in processor time
 * @param warmUpNanos how long each contender runs before the first round, in processor time
 */
record Plan(int rounds, long turnNanos, long warmUpNanos) {
    /** Good for the numbers in the documentation: about two minutes. */
    static final Plan FULL = new Plan(150, TimeUnit.MILLISECONDS.toNanos(5), TimeUnit.MILLISECONDS.toNanos(2000));

    /** Good for a look: half a minute. */
    static final Plan QUICK = new Plan(40, TimeUnit.MILLISECONDS.toNanos(4), TimeUnit.MILLISECONDS.toNanos(800));
}
