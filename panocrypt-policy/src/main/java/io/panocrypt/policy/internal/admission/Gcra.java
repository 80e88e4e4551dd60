package io.panocrypt.policy.internal.admission;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * A rate limit: N events per second with a burst of N x window.
 *
 * <p>Implements virtual scheduling of the generic cell rate algorithm (ITU-T I.371, annex A). Its only state is the
 * theoretical arrival time, by which all events so far would be paid off at the steady rate. Immutable.
 *
 * @param interval between two events at the steady rate, in microseconds
 * @param allowance how far events may run ahead of the rate, in microseconds
 */
record Gcra(long interval, long allowance) {
    /** The tolerated difference between clock readings of several threads, in microseconds. */
    private static final long CLOCK_TOLERANCE = 1_000_000;

    private static final long MICROS = 1_000_000;

    static Gcra of(int perSecond, Duration ahead) {
        return new Gcra(MICROS / perSecond, ahead.toMillis() * 1_000);
    }

    /**
     * The new state after one more event; empty if the event exceeds the rate.
     *
     * @param paidOff the state before the event, in microseconds since 1970; empty for none
     */
    OptionalLong after(OptionalLong paidOff, Instant now) {
        long time = micros(now);
        long debt = paidOff.isEmpty() ? 0 : Math.max(0, paidOff.getAsLong() - time);
        // A larger debt means that the clock was set back, which must not lock anybody out.
        long bounded = debt > allowance + interval + CLOCK_TOLERANCE ? allowance : debt;
        return bounded > allowance ? OptionalLong.empty() : OptionalLong.of(time + bounded + interval);
    }

    private static long micros(Instant time) {
        return time.toEpochMilli() * 1_000;
    }
}
