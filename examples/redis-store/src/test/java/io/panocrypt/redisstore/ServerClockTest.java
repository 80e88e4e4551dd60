package io.panocrypt.redisstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.testkit.support.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ServerClockTest {
    private static final Instant NOON = Instant.parse("2026-10-25T12:00:00Z");

    private final MutableClock own = new MutableClock(NOON.minus(Duration.ofHours(1)));
    private final MutableClock server = new MutableClock(NOON);
    private final AtomicBoolean away = new AtomicBoolean();

    private ServerClock clock() {
        return new ServerClock(own, () -> {
            if (away.get()) {
                throw new StoreException("away");
            }
            return server.instant();
        });
    }

    private void pass(Duration time) {
        own.advance(time);
        server.advance(time);
    }

    @Test
    void showsTheServersTimeThoughTheNodesIsAnHourOff() {
        ServerClock clock = clock();
        assertEquals(NOON, clock.instant());
        pass(Duration.ofMillis(500));
        assertEquals(NOON.plusMillis(500), clock.instant());
    }

    @Test
    void noticesThatEitherClockWasSet() {
        ServerClock clock = clock();
        own.advance(Duration.ofHours(1));
        assertEquals(NOON, clock.instant());
        own.advance(Duration.ofHours(-2));
        assertEquals(NOON, clock.instant());
        server.advance(Duration.ofHours(1));
        pass(Duration.ofMillis(1_001));
        assertEquals(server.instant(), clock.instant());
    }

    @Test
    void keepsTheLastDifferenceWhileTheServerIsAway() {
        ServerClock clock = clock();
        away.set(true);
        pass(Duration.ofMinutes(5));
        assertEquals(NOON.plus(Duration.ofMinutes(5)), clock.instant());
        away.set(false);
        server.advance(Duration.ofSeconds(3));
        pass(Duration.ofMillis(1_001));
        assertEquals(server.instant(), clock.instant());
    }

    @Test
    void isNotMadeWithoutTheServer() {
        away.set(true);
        assertThrows(StoreException.class, this::clock);
    }
}
