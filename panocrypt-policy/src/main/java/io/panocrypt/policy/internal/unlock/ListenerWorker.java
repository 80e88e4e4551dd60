package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.spi.event.DecisionEvent;
import io.panocrypt.policy.spi.event.DecisionListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** One listener with its own thread and its queue of events. Thread-safe; never throws. */
public final class ListenerWorker {
    private static final System.Logger LOG = System.getLogger(ListenerWorker.class.getName());
    public static final int MAX_WAITING = 1_024;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    /** How long events gather after a batch of several: waking the thread for each costs as much as handling it. */
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final DecisionListener listener;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition some = lock.newCondition();
    private final Condition over = lock.newCondition();
    private final Queue<DecisionEvent> waiting = new ArrayDeque<>();
    private long lost;
    private boolean ended;
    private volatile boolean abandoned;

    /** Touched by the listener's thread only. */
    private boolean failed;

    /** @param number names its thread */
    ListenerWorker(DecisionListener listener, int number) {
        this.listener = listener;
        this.thread = new Thread(this::listen, "panocrypt-listener-" + number);
        thread.setDaemon(true);
        // Not later, while a request is answered: a thread that cannot be created throws.
        thread.start();
    }

    /** How many events found no room since the last batch, and those that did. */
    private record Batch(long lost, List<DecisionEvent> events) {}

    /** Returns at once. */
    void offer(DecisionEvent event) {
        lock.lock();
        try {
            if (ended || waiting.size() == MAX_WAITING) {
                lost++;
                return;
            }
            waiting.add(event);
            if (waiting.size() == 1) {
                some.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void listen() {
        for (Batch batch = next(); !batch.events().isEmpty(); batch = next()) {
            deliver(batch);
            if (batch.events().size() > 1) {
                gather();
            }
        }
    }

    /** Waits for the next; without events when it has ended. */
    private Batch next() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !ended) {
                some.awaitUninterruptibly();
            }
            Batch batch = new Batch(lost, new ArrayList<>(waiting));
            lost = 0;
            waiting.clear();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void deliver(Batch batch) {
        if (batch.lost() > 0) {
            LOG.log(System.Logger.Level.WARNING, "a listener is too slow: {0} events were lost", batch.lost());
            call(() -> listener.onLost(batch.lost()));
        }
        for (DecisionEvent event : batch.events()) {
            if (abandoned) {
                return;
            }
            call(() -> listener.onEvent(event));
        }
    }

    private void gather() {
        lock.lock();
        try {
            long left = GATHER_NANOS;
            while (left > 0 && !ended) {
                left = over.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            // Only abandon() interrupts here; the flag is read before the next event.
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void call(Runnable handler) {
        try {
            handler.run();
        } catch (RuntimeException | Error e) {
            // Only the first with its stack trace, so that a listener that always fails does not fill the log.
            if (failed) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "a listener failed again: {0}",
                        e.getClass().getName());
            } else {
                LOG.log(System.Logger.Level.WARNING, "a listener failed", e);
            }
            failed = true;
        } finally {
            // An interrupt that a listener leaves behind must not reach its next call.
            Thread.interrupted();
        }
    }

    /** Accepts no more events. */
    void end() {
        lock.lock();
        try {
            ended = true;
            some.signal();
            over.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Waits a moment for the events that remain. */
    void await() {
        try {
            thread.join(CLOSE_TIMEOUT.toMillis());
            if (thread.isAlive()) {
                LOG.log(System.Logger.Level.WARNING, "a listener did not handle all events before the close");
                abandon();
            }
        } catch (InterruptedException e) {
            abandon();
            Thread.currentThread().interrupt();
        }
    }

    private void abandon() {
        abandoned = true;
        thread.interrupt();
    }
}
