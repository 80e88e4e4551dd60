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

/** One listener with the thread that it is called in and the events that wait for it. Thread-safe; never throws. */
public final class ListenerWorker {
    private static final System.Logger LOG = System.getLogger(ListenerWorker.class.getName());
    public static final int MOST_WAITING = 1_024;
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

    /** How long events gather where they come faster than one by one: to be woken for each costs as much as to hear it. */
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
    private boolean complained;

    /** @param number tells its thread from that of other listeners */
    ListenerWorker(DecisionListener listener, int number) {
        this.listener = listener;
        this.thread = new Thread(this::listen, "panocrypt-listener-" + number);
        thread.setDaemon(true);
        // Now, and not under an answer: a thread that cannot be made throws.
        thread.start();
    }

    /** What is heard at a time: how many events found no room since the last time, and those that did. */
    private record Batch(long lost, List<DecisionEvent> events) {}

    /** Returns at once. */
    void tell(DecisionEvent event) {
        lock.lock();
        try {
            if (ended || waiting.size() == MOST_WAITING) {
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
            hear(batch);
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

    private void hear(Batch batch) {
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
            // Only whoever abandons a listener interrupts it here, and is asked about before its next event.
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
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
        } finally {
            // What a listener does to its thread must not reach its next call.
            Thread.interrupted();
        }
    }

    /** Takes nothing more. */
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

    /** Waits a moment for what is still to be heard. */
    void await() {
        try {
            thread.join(CLOSE_PATIENCE.toMillis());
            if (thread.isAlive()) {
                LOG.log(System.Logger.Level.WARNING, "a listener has not heard everything");
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
