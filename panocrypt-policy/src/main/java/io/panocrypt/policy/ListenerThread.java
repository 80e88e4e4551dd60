package io.panocrypt.policy;

import io.panocrypt.policy.spi.DecisionEvent;
import io.panocrypt.policy.spi.DecisionListener;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One listener with the thread that it is called in and the events that wait for it. Thread-safe; never throws. */
final class ListenerThread {
    private static final System.Logger LOG = System.getLogger(ListenerThread.class.getName());
    static final int MOST_WAITING = 1_024;
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

    private final DecisionListener listener;
    private final AtomicLong lost = new AtomicLong();
    private final ThreadPoolExecutor executor;

    /** Touched by the listener's thread only. */
    private boolean complained;

    /** @param number tells its thread from that of other listeners */
    ListenerThread(DecisionListener listener, int number) {
        this.listener = listener;
        this.executor = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                task -> {
                    Thread thread = new Thread(task, "panocrypt-listener-" + number);
                    thread.setDaemon(true);
                    return thread;
                },
                (task, full) -> lost.incrementAndGet());
        // Now, and not under an answer: a thread that cannot be made throws.
        executor.prestartAllCoreThreads();
    }

    /** Returns at once. */
    void tell(DecisionEvent event) {
        executor.execute(() -> {
            long missing = lost.getAndSet(0);
            if (missing > 0) {
                LOG.log(System.Logger.Level.WARNING, "a listener is too slow: {0} events were lost", missing);
                call(() -> listener.onLost(missing));
            }
            call(() -> listener.onEvent(event));
        });
    }

    private void call(Runnable listening) {
        try {
            listening.run();
        } catch (RuntimeException | Error e) {
            // The first with its stack: one that always fails must not fill the log.
            if (complained) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "a listener failed again: {0}",
                        e.getClass().getName());
            } else {
                LOG.log(System.Logger.Level.WARNING, "a listener failed", e);
            }
            complained = true;
        }
    }

    /** Takes nothing more. */
    void end() {
        executor.shutdown();
    }

    /** Waits a moment for what is still to be heard. */
    void await() {
        try {
            if (!executor.awaitTermination(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "a listener has not heard everything");
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
