package io.panocrypt.policy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that only a test moves. Not the testkit's {@code MutableClock}, since the testkit depends on this module. */
public final class TestClock implements InstantSource {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-02T03:04:05.678Z"));

    @Override
    public Instant instant() {
        return now.get();
    }

    /** Moves the clock forward; back if the duration is negative. */
    public void advance(Duration step) {
        now.updateAndGet(before -> before.plus(step));
    }
}
