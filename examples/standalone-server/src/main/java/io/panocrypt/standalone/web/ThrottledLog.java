package io.panocrypt.standalone.web;

import java.time.Duration;

/**
 * Logs warnings that strangers can trigger at will: the first at once, then at most one per minute with a count.
 * Thread-safe.
 */
final class ThrottledLog {
    private static final long PERIOD = Duration.ofMinutes(1).toNanos();

    private final System.Logger log;
    private long last = System.nanoTime() - PERIOD;
    private long count;

    ThrottledLog(System.Logger log) {
        this.log = log;
    }

    void warn(String message) {
        long number;
        synchronized (this) {
            count++;
            long now = System.nanoTime();
            if (now - last < PERIOD) {
                return;
            }
            last = now;
            number = count;
            count = 0;
        }
        log.log(System.Logger.Level.WARNING, "{0} ({1} since the last such line)", message, Long.toString(number));
    }
}
