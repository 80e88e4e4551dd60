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
 * Threads for calls to a store that may hang, so that callers can stop waiting: at most 64, with at most 1,024 queued calls.
 * Idle threads end after 5 s.
 *
 * <p>A hanging thread is not interrupted, because some stores break when they are. Thread-safe.
 */
public final class Bulkhead {
    public static final int MAX = 64;
    static final int MAX_WAITING = 1_024;
    private static final long IDLE_SECONDS = 5;

    private final ThreadPoolExecutor executor;

    /** @param name a part of the names of its threads */
    Bulkhead(String name) {
        AtomicInteger number = new AtomicInteger();
        this.executor = new ThreadPoolExecutor(
                MAX, MAX, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
                    Thread thread = new Thread(task, "panocrypt-" + name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    /**
     * Makes the call and waits for its answer.
     *
     * @throws StoreRejectedException if the call did not begin in time; it never will
     * @throws StoreException if the call began and did not end in time, or this thread was interrupted; it may still take
     *     effect
     */
    <T> T call(Supplier<T> call, Duration timeout) {
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
            throw new StoreRejectedException(MAX_WAITING + " calls wait for the store already", e);
        } catch (TimeoutException e) {
            throw gaveUp(taken, task, "the store does not answer within " + timeout.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw gaveUp(taken, task, "interrupted while waiting for the store", e);
        } catch (ExecutionException e) {
            throw thrown(Objects.requireNonNull(e.getCause()));
        }
    }

    private StoreException gaveUp(AtomicBoolean taken, FutureTask<?> task, String why, Exception cause) {
        if (taken.compareAndSet(false, true)) {
            executor.remove(task);
            return new StoreRejectedException(why + "; not begun", cause);
        }
        return new StoreException(why, cause);
    }

    /** Rethrows a fault of the other thread, whose stack trace it keeps. */
    private static RuntimeException thrown(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException fault ? fault : new IllegalStateException(cause);
    }
}
