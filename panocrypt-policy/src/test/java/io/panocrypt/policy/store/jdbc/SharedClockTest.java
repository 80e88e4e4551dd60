package io.panocrypt.policy.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SharedClockTest {
    private static final Duration ALMOST_A_SECOND = Duration.ofMillis(900);
    private static final Duration SLOW = Duration.ofSeconds(3);
    private static final Duration MORE_THAN_A_SECOND = Duration.ofMillis(1_001);

    private Instant server = Instant.parse("2026-11-24T12:00:00Z");
    private Instant own = server.minus(Duration.ofHours(1));
    private Duration wait = Duration.ZERO;
    private boolean away;
    private int asked;

    private final SharedClock clock = new SharedClock(() -> own, this::ask);

    private Instant ask() {
        asked++;
        pass(wait);
        if (away) {
            throw new StoreException("away");
        }
        return server;
    }

    private void pass(Duration time) {
        own = own.plus(time);
        server = server.plus(time);
    }

    @Test
    void doesNotTakeTheWaitForAConnectionForADifference() {
        wait = ALMOST_A_SECOND;
        assertEquals(server.plus(ALMOST_A_SECOND), clock.instant());
        assertEquals(server, clock.instant());
        assertEquals(1, asked);
    }

    @Test
    void keepsTheLastDifferenceForAnotherSecondWhenTheServerIsAway() {
        assertEquals(server, clock.instant());
        wait = SLOW;
        away = true;
        pass(MORE_THAN_A_SECOND);
        assertEquals(server.plus(SLOW), clock.instant());
        assertEquals(server, clock.instant());
        assertEquals(2, asked);
        pass(MORE_THAN_A_SECOND);
        clock.instant();
        assertEquals(3, asked);
    }
}
