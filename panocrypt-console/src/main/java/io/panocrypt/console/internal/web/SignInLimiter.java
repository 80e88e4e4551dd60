package io.panocrypt.console.internal.web;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Counts failed sign-ins of each address in the last minutes. It saves work only: nobody guesses a token of 128 bits, and a
 * right one is always taken, so nobody can be locked out. Thread-safe.
 */
public final class SignInLimiter {
    /** After so many failures in a row, others are answered without a reason. */
    private static final int MAX_FAILURES = 10;

    /** How long until one failure is forgotten. */
    private static final long FORGET_NANOS = Duration.ofSeconds(30).toNanos();

    private static final int MAX_ADDRESSES = 4_096;

    private final LongSupplier nanos;
    /** By address, when its failures are all forgotten. */
    private final Map<String, Long> forgotten = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    /** @param nanos as {@link System#nanoTime} */
    public SignInLimiter(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * Counts a failure.
     *
     * @return how many seconds the sender should wait; 0 if the failure is within the limit
     */
    public synchronized long failed(String address) {
        long now = nanos.getAsLong();
        Long end = forgotten.remove(address);
        long next = Math.max(end == null ? now : end - now > 0 ? end : now, now) + FORGET_NANOS;
        long over = next - now - MAX_FAILURES * FORGET_NANOS;
        forgotten.put(address, over > 0 ? next - FORGET_NANOS : next);
        return over > 0 ? Math.max(1, Duration.ofNanos(over).toSeconds()) : 0;
    }
}
