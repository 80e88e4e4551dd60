package io.panocrypt.policy.internal.resilience;

import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Repeats a write with unknown outcome. A write carries an id, so that it happens at most once. Thread-safe. */
public final class RetryingWriter {
    private static final System.Logger LOG = System.getLogger(RetryingWriter.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);

    /** The maximum pause; the first one doubles up to it. */
    private static final Duration MAX_PAUSE = Duration.ofSeconds(1);

    private final Duration timeout;
    private final System.Logger.Level first;

    /** @param timeout the limit for all repetitions of a write */
    public RetryingWriter(Duration timeout) {
        this(timeout, System.Logger.Level.DEBUG);
    }

    /** @param first the log level of a write's first fault; later ones are logged on DEBUG */
    public RetryingWriter(Duration timeout, System.Logger.Level first) {
        this.timeout = timeout;
        this.first = first;
    }

    /**
     * Repeats the write until it has an outcome, or the timeout is over.
     *
     * @throws StoreRejectedException if it did not happen and will not
     * @throws StoreInputException if the store rejects its input
     * @throws StoreException if the outcome stays unknown
     */
    public <T> T repeat(Supplier<T> write) {
        long deadline = System.nanoTime() + timeout.toNanos();
        long pause = FIRST_PAUSE.toNanos();
        System.Logger.Level level = first;
        @Nullable StoreException unknown = null;
        while (true) {
            try {
                return write.get();
            } catch (StoreException e) {
                if (!(e instanceof StoreRejectedException || e instanceof StoreInputException)) {
                    unknown = e;
                }
                long left = deadline - System.nanoTime();
                // While the circuit is open nobody waits, unless an outcome is unknown.
                boolean hopeless =
                        e instanceof StoreInputException || unknown == null && e instanceof CircuitOpenException;
                if (left <= 0 || hopeless || Thread.currentThread().isInterrupted()) {
                    throw unknown == null ? e : unknown;
                }
                LOG.log(level, "a write is repeated for up to {0} s: {1}", timeout.toSeconds(), describe(e));
                level = System.Logger.Level.DEBUG;
                LockSupport.parkNanos(Math.min(pause, left));
                pause = Math.min(2 * pause, MAX_PAUSE.toNanos());
            }
        }
    }

    private static @Nullable String describe(StoreException fault) {
        Throwable cause = fault.getCause();
        return cause == null || cause.getMessage() == null
                ? fault.getMessage()
                : fault.getMessage() + ": " + cause.getMessage();
    }

    /** Repeats a write without a result. */
    public void run(Runnable write) {
        repeat(() -> {
            write.run();
            return true;
        });
    }
}
