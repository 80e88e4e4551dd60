package io.panocrypt.policy.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");

    @Test
    void readsSeconds() {
        assertEquals(Optional.of(Duration.ofSeconds(120)), RetryAfter.parse("120", NOW));
    }

    @Test
    void readsADate() {
        assertEquals(Optional.of(Duration.ofMinutes(5)), RetryAfter.parse("Tue, 24 Nov 2026 08:05:00 GMT", NOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {"999999999999999999", "Tue, 24 Nov 2099 08:05:00 GMT"})
    void believesADayAtMost(String text) {
        assertEquals(Optional.of(RetryAfter.MAX), RetryAfter.parse(text, NOW));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0", "-1", "1.5", "soon", "1e9", "9999999999999999999", "Tue, 24 Nov 2026 07:59:59 GMT"})
    void ignoresTheRest(String text) {
        assertEquals(Optional.empty(), RetryAfter.parse(text, NOW));
    }
}
