package io.panocrypt.policy.internal.outbox;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Waits after failed attempts: 5 s, doubled each time up to an hour, with 20 % jitter. An entry is given up after 32
 * attempts, which take about a day.
 *
 * @param random for the jitter, which keeps entries from failing in step; thread-safe
 */
public record Backoff(RandomGenerator random) {
    /** An entry is given up after this number of attempts. */
    public static final int MAX_ATTEMPTS = 32;

    private static final long FIRST_MILLIS = 5_000;
    private static final long MAX_MILLIS = 3_600_000;
    /** The maximum wait that a receiver can ask for. */
    private static final Duration MAX_WISH = Duration.ofHours(6);

    /** More doublings than the maximum wait takes, and too few to overflow. */
    private static final int MAX_DOUBLINGS = 20;

    /**
     * The wait after an attempt.
     *
     * @param attempt counts from 1
     * @param wish the minimum that the receiver asks for
     */
    public Duration after(int attempt, Optional<Duration> wish) {
        long wait = Math.min(MAX_MILLIS, FIRST_MILLIS << Math.min(MAX_DOUBLINGS, attempt - 1));
        Duration own = Duration.ofMillis(wait * 4 / 5 + random.nextLong(wait * 2 / 5 + 1));
        Duration theirs = wish.orElse(Duration.ZERO);
        Duration bounded = theirs.compareTo(MAX_WISH) > 0 ? MAX_WISH : theirs;
        return bounded.compareTo(own) > 0 ? bounded : own;
    }
}
