package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Makes a node's writes one after the other, so that the node does not conflict with itself. Acts that wait share a
 * write. Thread-safe.
 *
 * <p>A write that another node has overtaken is made again, from what is stored then. So is a write of unknown outcome: both
 * depend on the same entries and on the absence of the act's id, so only one of them can happen.
 */
final class NodeWriter {
    private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(64);
    private static final int MAX_DOUBLINGS = 6;

    private final Entries entries;
    private final Duration timeout;
    private final Consumer<EntryTransaction> seal;
    private final int maxActs;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Deque<Ticket<?>> waiting = new ConcurrentLinkedDeque<>();

    /**
     * @param timeout after which a write is not made again
     * @param seal changes something that every act with an id gets
     * @param maxActs how many acts may share a write; 1 if they scan, because a scan does not show what other acts of the
     *     same write change
     */
    NodeWriter(Entries entries, Duration timeout, Consumer<EntryTransaction> seal, int maxActs) {
        this.entries = entries;
        this.timeout = timeout;
        this.seal = seal;
        this.maxActs = maxActs;
    }

    <R> R call(Act<R> act) {
        Ticket<R> ticket = new Ticket<>(act, System.nanoTime() + timeout.toNanos());
        waiting.add(ticket);
        if (lockInTime(ticket)) {
            try {
                work(ticket);
            } finally {
                ticket.abandon();
                lock.unlock();
            }
        } else {
            ticket.abandon();
            if (!waiting.remove(ticket)) {
                throw new StoreException("no answer in time, the write may have happened");
            }
            ticket.giveUp();
        }
        return ticket.answer();
    }

    private boolean lockInTime(Ticket<?> ticket) {
        try {
            return lock.tryLock(ticket.nanosLeft(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Makes writes in the order in which they were asked for, until that one is over. */
    private void work(Ticket<?> own) {
        int failures = 0;
        while (!own.isOver()) {
            List<Ticket<?>> taken = take();
            try {
                write(taken);
            } finally {
                giveBack(taken);
            }
            failures = taken.stream().anyMatch(Ticket::isOver) ? 0 : failures + 1;
            taken.stream().filter(ticket -> ticket.nanosLeft() < 0).forEach(this::giveUp);
            if (failures > 0 && !own.isOver() && (own.nanosLeft() < 0 || !pause(failures))) {
                giveUp(own);
            }
        }
    }

    private List<Ticket<?>> take() {
        List<Ticket<?>> taken = new ArrayList<>();
        for (Ticket<?> next = waiting.poll(); next != null; next = waiting.poll()) {
            if (!next.isOver()) {
                taken.add(next);
            }
            if (taken.size() == maxActs) {
                break;
            }
        }
        return taken;
    }

    /** Puts back in front what is not over. */
    private void giveBack(List<Ticket<?>> taken) {
        for (int i = taken.size() - 1; i >= 0; i--) {
            if (!taken.get(i).isOver()) {
                waiting.addFirst(taken.get(i));
            }
        }
    }

    private void giveUp(Ticket<?> ticket) {
        ticket.giveUp();
        waiting.remove(ticket);
    }

    private void write(List<Ticket<?>> tickets) {
        EntryTransaction write = new EntryTransaction(entries);
        List<Ticket<?>> joined = new ArrayList<>();
        try {
            write.load(tickets.stream()
                    .flatMap(ticket -> ticket.act().reads().stream())
                    .toList());
            for (Ticket<?> ticket : tickets) {
                if (!ticket.join(write, seal, entries.maxBatch())) {
                    break;
                }
                joined.add(ticket);
            }
        } catch (RuntimeException | Error e) {
            // Whatever it is, all callers need an answer, and the next ones a writer in order.
            tickets.forEach(ticket -> ticket.reject(e));
            return;
        }
        try {
            if (write.changed() == 0 || write.write()) {
                joined.forEach(Ticket::end);
            }
        } catch (StoreInputException e) {
            if (joined.size() == 1) {
                joined.get(0).fail(e);
            } else {
                // One of them is at fault.
                joined.stream().filter(ticket -> ticket.nanosLeft() > 0).forEach(ticket -> write(List.of(ticket)));
            }
        } catch (StoreRejectedException e) {
            joined.forEach(ticket -> ticket.reject(e));
        } catch (RuntimeException | Error e) {
            joined.forEach(ticket -> ticket.doubt(e));
        }
    }

    /** Waits for a random time, so that nodes do not keep overtaking each other in step; false if interrupted. */
    private static boolean pause(int failures) {
        long most = MAX_PAUSE_NANOS >> Math.max(0, MAX_DOUBLINGS - failures);
        try {
            TimeUnit.NANOSECONDS.sleep(ThreadLocalRandom.current().nextLong(most));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
