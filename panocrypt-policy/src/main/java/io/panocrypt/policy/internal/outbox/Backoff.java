package io.panocrypt.policy.internal.outbox;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long to wait after a failed attempt: 5 s, doubled each time up to an hour, give or take a fifth; and when to give up:
 * after 32 attempts, which take about a day.
 *
 * @param random makes the difference that keeps many entries from failing in step; thread-safe
 */
public record Backoff(RandomGenerator random) {
    /** After so many attempts an entry is given up. */
    public static final int MAX_ATTEMPTS = 32;

    private static final long FIRST_MILLIS = 5_000;
    private static final long MAX_MILLIS = 3_600_000;
    /** A receiver that asks for more waits no longer than this. */
    private static final Duration MAX_WISH = Duration.ofHours(6);

    /** Far more doublings than it takes to the longest wait, and few enough not to overflow. */
    private static final int MAX_DOUBLINGS = 20;

    /**
     * The wait after that attempt.
     *
     * @param attempt counts from 1
     * @param wish how long the receiver asks to wait at least
     */
    public Duration after(int attempt, Optional<Duration> wish) {
        long wait = Math.min(MAX_MILLIS, FIRST_MILLIS << Math.min(MAX_DOUBLINGS, attempt - 1));
        Duration own = Duration.ofMillis(wait * 4 / 5 + random.nextLong(wait * 2 / 5 + 1));
        Duration theirs = wish.orElse(Duration.ZERO);
        Duration bounded = theirs.compareTo(MAX_WISH) > 0 ? MAX_WISH : theirs;
        return bounded.compareTo(own) > 0 ? bounded : own;
    }
}
