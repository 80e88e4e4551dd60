package io.panocrypt.policy.internal.resilience;

import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes calls while the store answers. While it does not, rejects them at once, except for a trial call now and then.
 *
 * <p>The circuit opens when a call fails after half a second or more, or when calls have only failed for a second. It closes
 * with the first call that does not fail. Rejected input and unreadable data do not count as failures. Thread-safe. In
 * normal operation a call costs a volatile read and two readings of the clock.
 */
public final class CircuitBreaker {
    public static final Duration SLOW = Duration.ofMillis(500);
    static final Duration FAILING = Duration.ofSeconds(1);
    /** The pause between two trial calls. */
    public static final Duration TRIAL_PAUSE = Duration.ofMillis(200);

    private final String what;
    private final LongSupplier nanos;
    private volatile @Nullable Failing failing;

    /**
     * @param what the kind of calls, for messages
     * @param nanos a clock that is never set, such as {@link System#nanoTime}
     */
    CircuitBreaker(String what, LongSupplier nanos) {
        this.what = what;
        this.nanos = nanos;
    }

    /** A period in which all calls fail; guarded by the breaker. */
    private static final class Failing {
        private final long since;
        private boolean isOpen;
        private boolean onTrial;
        private long trialEnd;

        Failing(long since) {
            this.since = since;
        }
    }

    /** @throws StoreException from the call, or a {@link CircuitOpenException} if it is not made */
    <T> T call(Supplier<T> call) {
        return call(call, answer -> true);
    }

    /** @param proof whether an answer proves that the store works; other answers change nothing */
    <T> T call(Supplier<T> call, Predicate<? super T> proof) {
        boolean trial = failing != null && enter();
        long start = nanos.getAsLong();
        try {
            T answer = call.get();
            if (failing != null && proof.test(answer)) {
                close();
            }
            return answer;
        } catch (StoreException e) {
            if (isOutage(e)) {
                fail(start, nanos.getAsLong());
            } else if (failing != null) {
                close();
            }
            throw e;
        } finally {
            if (trial) {
                endTrial();
            }
        }
    }

    /** Whether a fault is caused by the store, and not by the call's input or the stored data. */
    static boolean isOutage(StoreException fault) {
        return !(fault instanceof StoreInputException || fault instanceof UnreadableRecordException);
    }

    /** Whether the latest call failed. */
    boolean isFailing() {
        return failing != null;
    }

    /** @return whether this call is the trial */
    private synchronized boolean enter() {
        Failing current = failing;
        if (current == null || !current.isOpen) {
            return false;
        }
        if (current.onTrial || nanos.getAsLong() - current.trialEnd < TRIAL_PAUSE.toNanos()) {
            throw new CircuitOpenException(what);
        }
        current.onTrial = true;
        return true;
    }

    private synchronized void close() {
        failing = null;
    }

    private synchronized void fail(long start, long end) {
        Failing current = failing;
        if (current == null) {
            current = new Failing(end);
            failing = current;
        }
        if (!current.isOpen && (end - start >= SLOW.toNanos() || end - current.since >= FAILING.toNanos())) {
            current.isOpen = true;
            current.trialEnd = end;
        }
    }

    private synchronized void endTrial() {
        Failing current = failing;
        if (current != null && current.onTrial) {
            current.onTrial = false;
            current.trialEnd = nanos.getAsLong();
        }
    }
}
