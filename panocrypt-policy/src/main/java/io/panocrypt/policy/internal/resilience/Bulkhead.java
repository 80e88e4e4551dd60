package io.panocrypt.policy.internal.resilience;

import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Threads for calls to an embedder's code that may hang, so that callers can stop waiting: at most 64, with at most 1,024
 * queued calls. Idle threads end after 5 s.
 *
 * <p>A hanging store is not interrupted, because some stores break when they are; hanging rules are. Thread-safe.
 */
public final class Bulkhead implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Bulkhead.class.getName());

    public static final int MAX = 64;
    static final int MAX_WAITING = 1_024;
    private static final long IDLE_SECONDS = 5;

    private final ThreadPoolExecutor executor;
    private final String callee;
    private final boolean interrupts;

    private Bulkhead(String name, String callee, boolean interrupts) {
        this.callee = callee;
        this.interrupts = interrupts;
        AtomicInteger number = new AtomicInteger();
        this.executor = new ThreadPoolExecutor(
                MAX,
                MAX,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING),
                task -> IsolatedThread.of(task, "panocrypt-" + name + "-" + number.incrementAndGet()));
        executor.allowCoreThreadTimeOut(true);
    }

    /** @param calls the kind of calls, a part of the names of its threads */
    public static Bulkhead ofStore(String calls) {
        return new Bulkhead(calls, "the store", false);
    }

    public static Bulkhead ofRules() {
        return new Bulkhead("rule", "a rule", true);
    }

    /**
     * Makes the call and waits for its answer.
     *
     * @throws StoreRejectedException if the call did not begin in time; it never will
     * @throws StoreException if the call began and did not end in time, or this thread was interrupted; it may still take
     *     effect
     */
    public <T> T call(Supplier<T> call, Duration timeout) {
        AtomicBoolean taken = new AtomicBoolean();
        FutureTask<T> task = new FutureTask<>(() -> {
            if (!taken.compareAndSet(false, true)) {
                throw new CancellationException("given up before it began");
            }
            return call.get();
        });
        try {
            executor.execute(task);
            return task.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            throw new StoreRejectedException(MAX_WAITING + " calls wait for " + callee + " already", e);
        } catch (TimeoutException e) {
            throw gaveUp(taken, task, callee + " does not answer within " + timeout.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw gaveUp(taken, task, "interrupted while waiting for " + callee, e);
        } catch (ExecutionException e) {
            throw thrown(Objects.requireNonNull(e.getCause()));
        }
    }

    private StoreException gaveUp(AtomicBoolean taken, FutureTask<?> task, String why, Exception cause) {
        if (taken.compareAndSet(false, true)) {
            executor.remove(task);
            return new StoreRejectedException(why + "; not begun", cause);
        }
        if (interrupts) {
            task.cancel(true);
        }
        return new StoreException(why, cause);
    }

    /**
     * Lets calls in progress end, and waits up to a second for them: a container that removes an application reports
     * threads of it that are still there. Further calls are rejected.
     */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(1, TimeUnit.SECONDS)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "calls to {0} have not ended; their threads end when they do",
                        callee);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Rethrows a fault of the other thread, whose stack trace it keeps. */
    private static RuntimeException thrown(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException fault ? fault : new IllegalStateException(cause);
    }
}
