package io.panocrypt.policy.internal.resilience;

import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Repeats a write whose outcome is unknown; a write carries its own id, so that it happens at most once. Thread-safe. */
public final class RetryingWriter {
    private static final System.Logger LOG = System.getLogger(RetryingWriter.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);

    /** A pause doubles up to this. */
    private static final Duration MAX_PAUSE = Duration.ofSeconds(1);

    private final Duration timeout;
    private final System.Logger.Level first;

    /** @param timeout for how long */
    public RetryingWriter(Duration timeout) {
        this(timeout, System.Logger.Level.DEBUG);
    }

    /** @param first how the first fault of a write is logged; the others are on DEBUG */
    public RetryingWriter(Duration timeout, System.Logger.Level first) {
        this.timeout = timeout;
        this.first = first;
    }

    /**
     * Repeats it until it has an outcome, or the timeout is over.
     *
     * @throws StoreRejectedException if it has not happened and will not
     * @throws StoreInputException if the store refuses it
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
                // With a store that is known to be away nobody waits, unless there is something to find out.
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

    /** The same for a write that answers nothing. */
    public void run(Runnable write) {
        repeat(() -> {
            write.run();
            return true;
        });
    }
}
