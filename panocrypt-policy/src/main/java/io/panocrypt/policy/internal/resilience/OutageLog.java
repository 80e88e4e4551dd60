package io.panocrypt.policy.internal.resilience;

import io.panocrypt.policy.spi.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What the log tells of an outage: one line with the cause when it begins, how many requests have failed so often, and one
 * line when it is over.
 *
 * <p>It is over with the first success that no failure precedes within 2 s, so that a store which fails now and then gets
 * one outage and not hundreds. Thread-safe; neither a success nor a failure waits for whoever writes into the log.
 */
public final class OutageLog {
    /** From one count to the next. */
    static final Duration INTERVAL = Duration.ofMinutes(1);

    static final Duration QUIET = Duration.ofSeconds(2);
    private static final int DEEPEST = 10;

    private final System.Logger log;
    private final String what;
    private final InstantSource clock;
    private volatile @Nullable Outage outage;

    /** @param what is in trouble, as a log line begins */
    public OutageLog(System.Logger log, String what, InstantSource clock) {
        this.log = log;
        this.what = what;
        this.clock = clock;
    }

    /** One that goes on. */
    private static final class Outage {
        private final Instant since;
        private final LongAdder failures = new LongAdder();
        private volatile Instant latest;
        private volatile Instant told;

        Outage(Instant since) {
            this.since = since;
            this.told = since;
            this.latest = since;
        }
    }

    /** A request has failed. */
    void failed(Throwable cause) {
        Instant now = clock.instant();
        Outage current = outage;
        if (current != null) {
            current.failures.increment();
            current.latest = now;
            if (isPast(current.told, INTERVAL, now)) {
                tell(current, cause, now);
            }
        }
        // It may have ended meanwhile, and then this failure begins the next one.
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
                what + ", so that nothing is granted; failures are counted from now on: " + causes(cause));
        log.log(System.Logger.Level.DEBUG, what, cause);
    }

    private void tell(Outage current, Throwable cause, Instant now) {
        synchronized (this) {
            if (!isPast(current.told, INTERVAL, now)) {
                return;
            }
            current.told = now;
        }
        log.log(
                System.Logger.Level.ERROR,
                what + " still: " + current.failures + " requests have failed since " + current.since
                        + ", the latest by: " + causes(cause));
    }

    /** A request has not failed. */
    void succeeded() {
        Outage current = outage;
        if (current != null && isPast(current.latest, QUIET, clock.instant()) && end(current)) {
            log.log(
                    System.Logger.Level.INFO,
                    what + " no more: " + current.failures + " requests have failed from " + current.since + " to "
                            + current.latest);
        }
    }

    /** @return false if another one was faster */
    private synchronized boolean end(Outage current) {
        boolean goesOn = outage == current;
        if (goesOn) {
            outage = null;
        }
        return goesOn;
    }

    /** A clock that was set back must not silence the log. */
    private static boolean isPast(Instant start, Duration length, Instant now) {
        return Duration.between(start, now).abs().compareTo(length) >= 0;
    }

    /**
     * Logs what a task of the service could not do: a fault of the store in one line, with its stack trace on {@code DEBUG} only,
     * since requests meet the same outage; anything else with its stack trace.
     */
    public static void logFailure(System.Logger log, String what, RuntimeException fault) {
        if (fault instanceof StoreException) {
            log.log(System.Logger.Level.ERROR, what + ": " + causes(fault));
            log.log(System.Logger.Level.DEBUG, what, fault);
        } else {
            log.log(System.Logger.Level.ERROR, what, fault);
        }
    }

    /** The messages of a fault and of what caused it, on one line. */
    static String causes(Throwable fault) {
        StringBuilder line = new StringBuilder(one(fault));
        Throwable cause = fault.getCause();
        for (int depth = 1; cause != null && depth < DEEPEST; depth++) {
            line.append(": ").append(one(cause));
            cause = cause.getCause();
        }
        return line.toString();
    }

    private static String one(Throwable fault) {
        String message = fault.getMessage();
        return (message == null ? fault.getClass().getSimpleName() : message).replaceAll("\\s+", " ");
    }
}
