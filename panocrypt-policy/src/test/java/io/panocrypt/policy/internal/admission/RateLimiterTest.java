package io.panocrypt.policy.internal.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.net.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimiterTest {
    private static final IpAddress HOME = IpAddress.parse("10.0.0.1");
    private static final Optional<IpAddress> AWAY = Optional.of(IpAddress.parse("192.0.2.1"));

    private final RateLimiter limiter = new RateLimiter();
    private Instant now = Instant.parse("2026-01-02T03:04:05.678Z");

    private boolean refusedMay() {
        return limiter.toleratesRefused("web-1", AWAY, 1, now);
    }

    private boolean admittedMay() {
        return limiter.toleratesAdmitted("web-1", HOME, now);
    }

    /** The number of attempts within the limits, if they are evenly spread over a time. */
    private int passed(java.util.function.BooleanSupplier attempt, int attempts, Duration over) {
        int passed = 0;
        Instant start = now;
        for (int i = 0; i < attempts; i++) {
            now = start.plusMillis(over.toMillis() * i / attempts);
            passed += attempt.getAsBoolean() ? 1 : 0;
        }
        now = start.plus(over);
        return passed;
    }

    /** Asks at one moment until the limit is reached. */
    private void exhaust() {
        for (int i = 0; refusedMay(); i++) {
            assertTrue(i < 100_000, "is never too much");
        }
    }

    @Nested
    class AnHonestHost {
        @ParameterizedTest
        @CsvSource({"75, PT3H, systemd", "120, PT3H, twice a second", "12, PT3H, initramfs", "10, PT10H, slow"})
        void isNeverTooMuch(int perMinute, Duration over, String client) {
            int attempts = (int) (perMinute * over.toMinutes());
            assertEquals(attempts, passed(RateLimiterTest.this::refusedMay, attempts, over), client);
            assertEquals(attempts, passed(RateLimiterTest.this::admittedMay, attempts, over), client);
        }

        @ParameterizedTest
        @CsvSource({"1", "2", "8", "32"})
        void mayAskForEachVolumeTwiceASecondAtOnce(int volumes) {
            for (int i = 0; i < 2 * 600; i++) {
                for (int volume = 0; volume < volumes; volume++) {
                    assertTrue(limiter.toleratesRefused("web-1", AWAY, volumes, now));
                    assertTrue(limiter.toleratesAdmitted("web-1", HOME, now));
                }
                now = now.plusMillis(500);
            }
        }
    }

    @Nested
    class WhoAsksHundredTimesASecond {
        @Test
        void getsTwelveFromASourceThatPolicyRefuses() {
            exhaust();
            assertEquals(720, passed(RateLimiterTest.this::refusedMay, 6_000, Duration.ofMinutes(1)), 2);
        }

        @Test
        void leavesOtherSourcesAndDevicesAlone() {
            exhaust();
            assertTrue(admittedMay());
            assertTrue(limiter.toleratesRefused("web-2", AWAY, 1, now));
            assertTrue(limiter.toleratesRefused("web-1", Optional.empty(), 1, now));
            assertTrue(limiter.toleratesRefused("web-1", Optional.of(HOME), 1, now));
        }

        @Test
        void mayGoOnAfterAWhile() {
            exhaust();
            now = now.plusSeconds(1);
            assertTrue(refusedMay());
        }
    }

    @Test
    void takesTheAddressesOfARefusedIpv6SiteForOne() {
        int passed = 0;
        for (int i = 0; i < 8_000; i++) {
            Optional<IpAddress> source = Optional.of(IpAddress.parse("2001:db8::" + Integer.toHexString(i)));
            passed += limiter.toleratesRefused("web-1", source, 1, now) ? 1 : 0;
        }
        assertEquals(7_201, passed);
        assertTrue(limiter.toleratesRefused("web-1", Optional.of(IpAddress.parse("2001:db8:0:1::1")), 1, now));
    }

    @Test
    void admitsTenThousandAtOnce() {
        assertEquals(10_001, passed(RateLimiterTest.this::admittedMay, 12_000, Duration.ZERO));
    }

    @Test
    void doesNotLockOutWhenTheClockJumpsBack() {
        exhaust();
        now = now.minus(Duration.ofHours(1));
        assertEquals(120, passed(RateLimiterTest.this::refusedMay, 120, Duration.ofMinutes(1)));
    }

    @Test
    void givesNothingBackForReadingsThatOvertakeEachOther() {
        exhaust();
        int passed = 0;
        for (int i = 0; i < 1_000; i++) {
            now = now.plusMillis(i % 2 == 0 ? 400 : -400);
            passed += refusedMay() ? 1 : 0;
        }
        assertTrue(passed <= 6, passed + " passed");
    }

    @Test
    void remembersABoundedNumberOfSources() {
        for (int i = 0; i < 40_000; i++) {
            IpAddress source = IpAddress.parse("10.1." + i / 256 + "." + i % 256);
            limiter.toleratesRefused("web-1", Optional.of(source), 1, now);
            limiter.toleratesAdmitted("web-1", source, now);
        }
        assertEquals(2 * 16_384, limiter.size());
    }

    @Test
    void keepsAdmittedSourcesInMindHoweverManyAreRefused() {
        assertEquals(10_001, passed(RateLimiterTest.this::admittedMay, 10_100, Duration.ZERO));
        for (int i = 0; i < 40_000; i++) {
            limiter.toleratesRefused("web-1", Optional.of(IpAddress.parse("10.1." + i / 256 + "." + i % 256)), 1, now);
        }
        assertFalse(admittedMay());
    }
}
