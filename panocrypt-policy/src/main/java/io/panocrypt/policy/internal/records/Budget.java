package io.panocrypt.policy.internal.records;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Bounds how much one search reads, so that it answers in seconds whatever is stored. Not thread-safe. */
public final class Budget {
    /** How many stored objects one search reads at most. */
    public static final int MAX_EXAMINED = 20_000;

    /** How long one search reads at most; it ends after the batch in which this time is over. */
    public static final Duration MAX_TIME = Duration.ofSeconds(2);

    private final InstantSource clock;
    private final Instant end;
    private int examined;

    public Budget(InstantSource clock) {
        this.clock = clock;
        this.end = clock.instant().plus(MAX_TIME);
    }

    /** Counts one object. */
    public void count() {
        examined++;
    }

    /** How many objects were counted. */
    public int examined() {
        return examined;
    }

    /** How many objects the next batch may have: at least 1. */
    public int batch(int wanted) {
        return Math.max(1, Math.min(wanted, MAX_EXAMINED - examined));
    }

    /** Whether the search must stop. */
    public boolean isSpent() {
        return examined >= MAX_EXAMINED || !clock.instant().isBefore(end);
    }
}
