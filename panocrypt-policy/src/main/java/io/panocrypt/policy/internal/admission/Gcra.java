package io.panocrypt.policy.internal.admission;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * How often something may happen: steadily so many times a second, and as many more at once as a while of that is worth.
 *
 * <p>Counted by the virtual scheduling of the generic cell rate algorithm (ITU-T I.371, annex A): all that is kept is the
 * time at which everything so far would be paid off, so that one number tells the whole past. Immutable.
 *
 * @param interval between two events of the steady rate, in microseconds
 * @param allowance how far events may run ahead of it, in microseconds
 */
record Gcra(long interval, long allowance) {
    /** What clocks of one moment may differ by, as readings of several threads do. */
    private static final long UNEASE = 1_000_000;

    private static final long MICROS = 1_000_000;

    static Gcra of(int perSecond, Duration ahead) {
        return new Gcra(MICROS / perSecond, ahead.toMillis() * 1_000);
    }

    /**
     * When everything is paid off after one more event at that time; empty if it is one too many.
     *
     * @param paidOff as of the event before; empty if there was none
     */
    OptionalLong after(OptionalLong paidOff, Instant now) {
        long time = micros(now);
        long debt = paidOff.isEmpty() ? 0 : Math.max(0, paidOff.getAsLong() - time);
        // More than this nobody can owe by a clock that only goes forward: one that was set back must not lock out.
        long believed = debt > allowance + interval + UNEASE ? allowance : debt;
        return believed > allowance ? OptionalLong.empty() : OptionalLong.of(time + believed + interval);
    }

    private static long micros(Instant time) {
        return time.toEpochMilli() * 1_000;
    }
}
