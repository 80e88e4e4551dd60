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
 * Lets calls through while the store answers; while it does not, refuses them at once and lets one through now and then to
 * see whether it is back.
 *
 * <p>The store counts as away when a call fails that has taken half a second, or when calls have done nothing but fail for
 * a second; it counts as back with the first call that does not fail. A call fails no more than that when the store refuses what
 * it was asked, or what is stored cannot be read. Thread-safe; costs a volatile read and two of the
 * clock while all is well.
 */
public final class CircuitBreaker {
    public static final Duration SLOW = Duration.ofMillis(500);
    static final Duration FAILING = Duration.ofSeconds(1);
    /** From the end of one trial to the next. */
    public static final Duration TRIAL_PAUSE = Duration.ofMillis(200);

    private final String what;
    private final LongSupplier nanos;
    private volatile @Nullable Failing failing;

    /**
     * @param what is let through
     * @param nanos a clock that is never set, such as {@link System#nanoTime}
     */
    CircuitBreaker(String what, LongSupplier nanos) {
        this.what = what;
        this.nanos = nanos;
    }

    /** Calls that do nothing but fail; guarded by the gate that it belongs to. */
    private static final class Failing {
        private final long since;
        private boolean away;
        private boolean onTrial;
        private long trialEnd;

        Failing(long since) {
            this.since = since;
        }
    }

    /** @throws StoreException as the call throws it, or {@link CircuitOpenException} where it is not made */
    <T> T call(Supplier<T> call) {
        return call(call, answer -> true);
    }

    /** @param proof whether an answer shows that the store is well; another one leaves the gate as it is */
    <T> T call(Supplier<T> call, Predicate<? super T> proof) {
        boolean trial = failing != null && enter();
        long start = nanos.getAsLong();
        try {
            T answer = call.get();
            if (failing != null && proof.test(answer)) {
                open();
            }
            return answer;
        } catch (StoreException e) {
            if (isOutage(e)) {
                fail(start, nanos.getAsLong());
            } else if (failing != null) {
                open();
            }
            throw e;
        } finally {
            if (trial) {
                endTrial();
            }
        }
    }

    /** Whether a fault tells of the store, and not of what it was asked for. */
    static boolean isOutage(StoreException fault) {
        return !(fault instanceof StoreInputException || fault instanceof UnreadableRecordException);
    }

    /** Whether the latest call that was made has failed. */
    boolean isFailing() {
        return failing != null;
    }

    /** @return whether this call is the trial */
    private synchronized boolean enter() {
        Failing current = failing;
        if (current == null || !current.away) {
            return false;
        }
        if (current.onTrial || nanos.getAsLong() - current.trialEnd < TRIAL_PAUSE.toNanos()) {
            throw new CircuitOpenException(what);
        }
        current.onTrial = true;
        return true;
    }

    private synchronized void open() {
        failing = null;
    }

    private synchronized void fail(long start, long end) {
        Failing current = failing;
        if (current == null) {
            current = new Failing(end);
            failing = current;
        }
        if (!current.away && (end - start >= SLOW.toNanos() || end - current.since >= FAILING.toNanos())) {
            current.away = true;
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
