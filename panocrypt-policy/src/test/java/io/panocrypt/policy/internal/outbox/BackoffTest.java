package io.panocrypt.policy.internal.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
    private final Backoff backoff = new Backoff(new Random(7));

    @ParameterizedTest
    @CsvSource({"1, 5", "2, 10", "3, 20", "10, 2560", "11, 3600", "12, 3600", "32, 3600", "1000, 3600"})
    void doublesUpToAnHourGiveOrTakeAFifth(int attempt, long seconds) {
        Set<Duration> seen = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            Duration wait = backoff.after(attempt, Optional.empty());
            assertTrue(wait.toMillis() >= seconds * 800 && wait.toMillis() <= seconds * 1200, wait.toString());
            seen.add(wait);
        }
        assertTrue(seen.size() > 50, "many entries that fail at once must not come back at once");
    }

    @Test
    void waitsAsLongAsTheReceiverAsksWithinReason() {
        assertEquals(Duration.ofMinutes(20), backoff.after(1, Optional.of(Duration.ofMinutes(20))));
        assertEquals(Duration.ofHours(6), backoff.after(1, Optional.of(Duration.ofDays(3650))));
        assertTrue(backoff.after(5, Optional.of(Duration.ofSeconds(-9))).compareTo(Duration.ofMinutes(1)) > 0);
    }

    @Test
    void givesUpAfterAboutADay() {
        Duration total = Duration.ZERO;
        for (int attempt = 1; attempt < Backoff.MAX_ATTEMPTS; attempt++) {
            total = total.plus(backoff.after(attempt, Optional.empty()));
        }
        assertTrue(total.toHours() >= 20 && total.toHours() <= 28, total.toString());
    }
}
