package io.panocrypt.testkit.support;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A clock that a test sets and advances.
 *
 * <p>Safe for use by many threads: each reading sees the latest completed {@link #set} or {@link #advance}, and no
 * advance is lost to another.
 */
public final class MutableClock implements InstantSource {

    private final AtomicReference<Instant> now;

    /**
     * Creates a clock.
     *
     * @param start the time until the clock is moved
     */
    public MutableClock(Instant start) {
        this.now = new AtomicReference<>(Objects.requireNonNull(start, "start"));
    }

    /** The instant set last, plus all advances since. */
    @Override
    public Instant instant() {
        return Objects.requireNonNull(now.get());
    }

    /**
     * Sets the clock; the instant may be in the past.
     *
     * @param instant the new reading
     */
    public void set(Instant instant) {
        now.set(Objects.requireNonNull(instant, "instant"));
    }

    /**
     * Moves the clock by a duration; a negative one moves it back.
     *
     * @param step how far
     * @return the new reading
     */
    public Instant advance(Duration step) {
        Objects.requireNonNull(step, "step");
        return now.updateAndGet(before -> before.plus(step));
    }
}
