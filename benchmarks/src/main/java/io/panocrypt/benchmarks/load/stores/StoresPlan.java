package io.panocrypt.benchmarks.load.stores;

import java.time.Duration;

/**
 * How long to measure.
 *
 * @param warmUp how long each store works before the first round, for both kinds of unlocks
 * @param rounds number of turns of each store for each demand; even, so that each order is as frequent as its reverse
 * @param turn length of one turn
 * @param leadIn how long a store works before each of its turns, without being measured
 */
public record StoresPlan(Duration warmUp, int rounds, Duration turn, Duration leadIn) {
    /** For the numbers in the documentation: about fifteen minutes. */
    public static final StoresPlan FULL =
            new StoresPlan(Duration.ofSeconds(10), 6, Duration.ofSeconds(5), Duration.ofSeconds(1));

    /** For a quick look: about three minutes. */
    public static final StoresPlan QUICK =
            new StoresPlan(Duration.ofSeconds(3), 2, Duration.ofSeconds(2), Duration.ofMillis(500));
}
