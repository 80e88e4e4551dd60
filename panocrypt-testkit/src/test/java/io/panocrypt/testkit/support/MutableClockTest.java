package io.panocrypt.testkit.support;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MutableClockTest {

    private static final Instant START = Instant.parse("2026-11-22T00:00:00Z");

    private final MutableClock clock = new MutableClock(START);

    @Test
    void standsStillUntilMoved() {
        assertEquals(START, clock.instant());
        assertEquals(START.plusSeconds(5), clock.advance(Duration.ofSeconds(5)));
        assertEquals(START.plusSeconds(5), clock.instant());
        clock.set(START.minusSeconds(1));
        assertEquals(START.minusSeconds(1), clock.instant());
    }

    @Test
    void losesNoAdvanceUnderConcurrency() {
        IntStream.range(0, 10_000).parallel().forEach(i -> clock.advance(Duration.ofMillis(1)));
        assertEquals(START.plusSeconds(10), clock.instant());
    }
}
