package io.panocrypt.policy.internal.resilience;

import io.panocrypt.policy.spi.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Logs an outage in few lines: one with the cause when it begins, the number of failures each minute, and one when it ends.
 *
 * <p>It ends with the first success after 2 s without a failure, so that a store which fails now and then causes one outage
 * instead of hundreds. Thread-safe. Requests do not wait for a thread that writes to the log.
 */
public final class OutageLog {
    /** The interval between two counts. */
    static final Duration INTERVAL = Duration.ofMinutes(1);

    static final Duration QUIET = Duration.ofSeconds(2);
    private static final int DEEPEST = 10;

    private final System.Logger log;
    private final String what;
    private final InstantSource clock;
    private volatile @Nullable Outage outage;

    /** @param what fails, in the plural, as a log line begins */
    public OutageLog(System.Logger log, String what, InstantSource clock) {
        this.log = log;
        this.what = what;
        this.clock = clock;
    }

    /** An outage that has not ended. */
    private static final class Outage {
        private final Instant since;
        private final LongAdder failures = new LongAdder();
        private volatile Instant latest;
        private volatile Instant logged;

        Outage(Instant since) {
            this.since = since;
            this.logged = since;
            this.latest = since;
        }
    }

    /** Counts a failure, which may begin an outage. */
    public void failed(Throwable cause) {
        Instant now = clock.instant();
        Outage current = outage;
        if (current != null) {
            current.failures.increment();
            current.latest = now;
            if (isPast(current.logged, INTERVAL, now)) {
                logCount(current, cause, now);
            }
        }
        // The outage may have ended meanwhile; then this failure begins the next one.
        if (current == null || outage != current) {
            begin(cause, now);
        }
    }

    private void begin(Throwable cause, Instant now) {
        Outage begun = new Outage(now);
        begun.failures.increment();
        synchronized (this) {
            Outage other = outage;
            if (other != null) {
                other.failures.increment();
                return;
            }
            outage = begun;
        }
        log.log(
                System.Logger.Level.ERROR,
                what + " fail, nothing is granted; further failures are counted: " + causes(cause));
        log.log(System.Logger.Level.DEBUG, what + " fail", cause);
    }

    private void logCount(Outage current, Throwable cause, Instant now) {
        synchronized (this) {
            if (!isPast(current.logged, INTERVAL, now)) {
                return;
            }
            current.logged = now;
        }
        log.log(
                System.Logger.Level.ERROR,
                what + " still fail; " + current.failures + " failed since " + current.since + ", the latest with: "
                        + causes(cause));
    }

    /** A request has succeeded, which may end an outage. */
    public void succeeded() {
        Outage current = outage;
        if (current != null && isPast(current.latest, QUIET, clock.instant()) && end(current)) {
            log.log(
                    System.Logger.Level.INFO,
                    what + " succeed again; " + current.failures + " failed between " + current.since + " and "
                            + current.latest);
        }
    }

    /** @return false if another thread has ended it */
    private synchronized boolean end(Outage current) {
        boolean goesOn = outage == current;
        if (goesOn) {
            outage = null;
        }
        return goesOn;
    }

    /** The absolute value, so that a clock that was set back does not silence the log. */
    private static boolean isPast(Instant start, Duration length, Instant now) {
        return Duration.between(start, now).abs().compareTo(length) >= 0;
    }

    /**
     * Logs the failure of a background task. A fault of the store takes one line, with its stack trace on {@code DEBUG}
     * only, because requests log the same outage. Other faults are logged with their stack traces.
     */
    public static void logFailure(System.Logger log, String what, RuntimeException fault) {
        if (fault instanceof StoreException) {
            log.log(System.Logger.Level.ERROR, what + ": " + causes(fault));
            log.log(System.Logger.Level.DEBUG, what, fault);
        } else {
            log.log(System.Logger.Level.ERROR, what, fault);
        }
    }

    /** The messages of a fault and its causes, on one line; the class of a cause without a message tells operators nothing. */
    static String causes(Throwable fault) {
        StringBuilder line = new StringBuilder(one(fault));
        Throwable cause = fault.getCause();
        for (int depth = 1; cause != null && depth < DEEPEST; depth++) {
            if (cause.getMessage() != null) {
                line.append(": ").append(one(cause));
            }
            cause = cause.getCause();
        }
        return line.toString();
    }

    private static String one(Throwable fault) {
        String message = fault.getMessage();
        return (message == null ? fault.getClass().getSimpleName() : message).replaceAll("\\s+", " ");
    }
}
