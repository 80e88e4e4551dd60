package io.panocrypt.policy.internal.outbox;

import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxStore;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The outbox worker: leases due entries, handles each in a thread of its own for at most 15 s, and settles it.
 *
 * <p>At most {@link #PARALLEL} entries are handled at once, and {@link #MAX_OF_A_TARGET} of one target, so 19 hanging
 * targets delay no other. An entry whose target has no room waits here for at most 30 s, well within its lease, and is then
 * put off.
 *
 * <p>Work that exceeds its time is interrupted and counts as failed. Its thread may go on and still counts for its target;
 * at most 24 such threads are tolerated. A settlement that failed is repeated, and its work is not repeated by this node.
 * Thread-safe.
 */
public final class Dispatcher implements AutoCloseable {
    /** The time limit for the work on one entry. */
    public static final Duration LIMIT = Duration.ofSeconds(15);

    private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());

    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);
    static final int PARALLEL = 80;
    static final int MAX_OF_A_TARGET = 4;
    private static final int MAX_THREADS = PARALLEL + 24;
    /** Entries leased by one call; small enough that a long queue of one target does not hide later entries. */
    private static final int BATCH = 128;
    /** The minimum of entries put off between two leases, for the same reason. */
    private static final int MIN_PUT_OFF = 16;

    /** A target hangs if none of its work has ended for this long. */
    private static final Duration SLOW = Duration.ofSeconds(2);

    private static final Duration PURGE_AGE = Duration.ofDays(90);
    private static final Duration PURGE_INTERVAL = Duration.ofHours(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration SHORT_WAIT = Duration.ofMillis(20);

    /** Work in progress. */
    private record Running(
            String lease,
            LeasedEntry leased,
            String target,
            Future<Settlement> work,
            CountDownLatch end,
            Instant since) {
        boolean isOver() {
            return end.getCount() == 0;
        }
    }

    /** A settlement that the store has not accepted yet. */
    private record Unsettled(String lease, Settlement settlement) {}

    private final OutboxStore store;
    private final Handler handler;
    private final Supplier<String> leaseNames;
    private final InstantSource clock;
    private final WakeUp wakeUp;
    private final ThreadPoolExecutor threads;
    private final Duration closeTimeout;

    /** Keyed by entry id, like the next map; both guarded by this. */
    private final Map<String, Running> running = new LinkedHashMap<>();

    private final Map<String, Unsettled> unsettled = new LinkedHashMap<>();

    /** Abandoned work whose thread still runs, and leased entries that wait; both guarded by this. */
    private final List<Running> hanging = new ArrayList<>();

    private final WaitingEntries waiting = new WaitingEntries();
    /** Leased entries to put off; guarded by this. */
    private final Queue<WaitingEntries.Waiting> returning = new ArrayDeque<>();

    /** The first failed settlement of this run; guarded by this. */
    private @Nullable StoreException failure;

    private Instant nextPurge = Instant.MIN;
    private volatile @Nullable Thread loop;
    private volatile boolean closed;

    /** Whether the store failed in the last run; used by the loop's thread only. */
    private boolean failing;

    /**
     * A worker that does nothing before {@link #start} or {@link #workOff}.
     *
     * @param leaseNames never returns a name twice, on any node
     * @param clock measures how long work takes
     * @param wakeUp ends the wait between two polls
     */
    public Dispatcher(
            OutboxStore store, Handler handler, Supplier<String> leaseNames, InstantSource clock, WakeUp wakeUp) {
        this(store, handler, leaseNames, clock, wakeUp, CLOSE_TIMEOUT);
    }

    /** @param closeTimeout how long {@link #close} waits for work in progress, and again for the store */
    Dispatcher(
            OutboxStore store,
            Handler handler,
            Supplier<String> leaseNames,
            InstantSource clock,
            WakeUp wakeUp,
            Duration closeTimeout) {
        this.store = store;
        this.handler = handler;
        this.leaseNames = leaseNames;
        this.clock = clock;
        this.wakeUp = wakeUp;
        this.closeTimeout = closeTimeout;
        AtomicInteger numbers = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(0, MAX_THREADS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "panocrypt-notice-" + numbers.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Starts a thread that looks for work at this interval, and whenever it is woken. */
    public synchronized void start(Duration interval) {
        Thread thread = new Thread(() -> loop(interval), "panocrypt-outbox");
        thread.setDaemon(true);
        thread.start();
        loop = thread;
    }

    private void loop(Duration interval) {
        while (!closed) {
            try {
                runOrLog();
                wakeUp.await(interval);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Runs once; called by one thread. Logs an outage when it begins and when it ends, not for each run. */
    void runOrLog() {
        try {
            runOnce();
            if (failing) {
                failing = false;
                LOG.log(System.Logger.Level.INFO, "the outbox reaches the store again, notices are delivered");
            }
        } catch (StoreException e) {
            if (!failing) {
                failing = true;
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the outbox cannot reach the store, notices wait: {0}",
                        e.getMessage());
            }
        } catch (RuntimeException e) {
            // The loop must go on, or no notice would be delivered; leased entries become due again.
            LOG.log(System.Logger.Level.ERROR, "a run of the outbox failed, its entries are retried", e);
        }
    }

    /**
     * Works on this thread until nothing is due or in progress.
     *
     * @return how many entries were processed
     * @throws StoreException if the store fails
     */
    public int workOff() {
        int total = 0;
        while (true) {
            int started = runOnce();
            total += started;
            if (started == 0 && isIdle()) {
                return total;
            }
            try {
                wakeUp.await(SHORT_WAIT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return total;
            }
        }
    }

    private synchronized boolean isIdle() {
        return running.isEmpty() && unsettled.isEmpty() && waiting.isEmpty() && returning.isEmpty();
    }

    /**
     * Settles finished work, then starts waiting and due entries; returns how many were leased.
     *
     * @throws StoreException after all this, if a settlement failed; a rejected settlement must not block other entries
     */
    private synchronized int runOnce() {
        failure = null;
        settleAgain();
        List.copyOf(running.values()).forEach(this::settleIfOver);
        hanging.removeIf(Running::isOver);
        purge();
        int leased = 0;
        if (!closed) {
            startWaiting();
            putOffSome();
            leased = leaseDue();
        }
        if (failure != null) {
            throw failure;
        }
        return leased;
    }

    private int leaseDue() {
        if (running.size() + unsettled.size() >= PARALLEL) {
            return 0;
        }
        String lease = leaseNames.get();
        Instant now = clock.instant();
        List<LeasedEntry> due = store.lease(lease, LEASE, BATCH);
        due.forEach(leased -> begin(lease, leased, now));
        if (due.size() == BATCH) {
            wakeUp.signal();
        }
        return due.size();
    }

    private void begin(String lease, LeasedEntry leased, Instant now) {
        Unsettled known = unsettled.get(leased.entry().id());
        if (known != null) {
            unsettled.put(leased.entry().id(), new Unsettled(lease, known.settlement()));
            return;
        }
        WaitingEntries.Waiting entry = new WaitingEntries.Waiting(lease, leased, handler.target(leased.entry()), now);
        if (hasRoom(entry.target())) {
            start(entry);
        } else if (isStuck(entry.target())) {
            settle(lease, leased, handler.failed(leased, "earlier deliveries to the same receiver still hang"));
        } else if (!waiting.add(entry)) {
            returning.add(entry);
        }
    }

    /** Entries that have waited too long are put off, because their lease must not end during the work. */
    private void startWaiting() {
        returning.addAll(waiting.waitingSince(clock.instant().minus(MAX_WAIT)));
        for (Optional<WaitingEntries.Waiting> next = waiting.next(this::hasRoom);
                next.isPresent();
                next = waiting.next(this::hasRoom)) {
            start(next.get());
        }
    }

    private void putOffSome() {
        int some = Math.max(MIN_PUT_OFF, returning.size() / 8);
        for (int i = 0; i < some && !returning.isEmpty() && failure == null; i++) {
            putOff(returning.remove());
        }
        if (!returning.isEmpty()) {
            wakeUp.signal();
        }
    }

    private void putOff(WaitingEntries.Waiting entry) {
        Instant slow = clock.instant().minus(SLOW);
        boolean hangs =
                at(entry.target()).filter(work -> !work.since().isAfter(slow)).count() >= MAX_OF_A_TARGET;
        settle(entry.lease(), entry.leased(), new Settlement.PutOff(hangs ? MAX_WAIT : SLOW));
    }

    private boolean hasRoom(String target) {
        return running.size() < PARALLEL && at(target).count() < MAX_OF_A_TARGET;
    }

    /** Whether all work that the target may have at once hangs beyond the time limit. */
    private boolean isStuck(String target) {
        return hanging.stream().filter(work -> work.target().equals(target)).count() >= MAX_OF_A_TARGET;
    }

    /** The work of a target, including abandoned work. */
    private Stream<Running> at(String target) {
        return Stream.concat(running.values().stream(), hanging.stream())
                .filter(work -> work.target().equals(target));
    }

    private void start(WaitingEntries.Waiting entry) {
        LeasedEntry leased = entry.leased();
        FutureTask<Settlement> work = new FutureTask<>(() -> handler.handle(leased));
        CountDownLatch end = new CountDownLatch(1);
        Instant now = clock.instant();
        try {
            threads.execute(() -> {
                work.run();
                end.countDown();
                wakeUp.signal();
            });
        } catch (RejectedExecutionException e) {
            settle(entry.lease(), leased, handler.failed(leased, "too many deliveries hang"));
            return;
        }
        running.put(leased.entry().id(), new Running(entry.lease(), leased, entry.target(), work, end, now));
    }

    private void settleIfOver(Running task) {
        if (task.isOver()) {
            end(task, result(task));
        } else if (!clock.instant().isBefore(task.since().plus(LIMIT))) {
            task.work().cancel(true);
            hanging.add(task);
            end(task, handler.failed(task.leased(), "no answer within " + LIMIT.toSeconds() + " s"));
        }
    }

    private void end(Running task, Settlement settlement) {
        running.remove(task.leased().entry().id());
        settle(task.lease(), task.leased(), settlement);
    }

    private Settlement result(Running task) {
        try {
            return task.work().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return handler.failed(task.leased(), "interrupted");
        } catch (ExecutionException e) {
            // The message may contain a contact or a secret, and must not reach the log or the dead letters.
            return handler.failed(
                    task.leased(),
                    "failed with "
                            + Objects.requireNonNull(e.getCause()).getClass().getSimpleName());
        }
    }

    private void settle(String lease, LeasedEntry leased, Settlement settlement) {
        settle(leased.entry().id(), new Unsettled(lease, settlement));
    }

    private void settleAgain() {
        Map.copyOf(unsettled).forEach(this::settle);
    }

    private void settle(String id, Unsettled entry) {
        try {
            if (!store.settle(entry.lease(), id, entry.settlement())) {
                LOG.log(System.Logger.Level.INFO, "outbox entry {0} was settled by another node meanwhile", id);
            }
            unsettled.remove(id);
        } catch (StoreException e) {
            unsettled.put(id, entry);
            failure = failure == null ? e : failure;
        }
    }

    private void purge() {
        Instant now = clock.instant();
        if (!now.isBefore(nextPurge)) {
            nextPurge = now.plus(PURGE_INTERVAL);
            store.purgeOutbox(PURGE_AGE);
        }
    }

    /**
     * Starts nothing more. Waits 5 s for work in progress and 5 s more for its settlements, and interrupts the rest. A
     * thread that hangs in the store is abandoned.
     */
    @Override
    public void close() {
        closed = true;
        wakeUp.signal();
        long deadline = System.nanoTime() + closeTimeout.toNanos();
        try {
            Thread thread = loop;
            if (thread != null) {
                TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
            }
            threads.shutdown();
            threads.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        settleRestInTime();
        threads.shutdownNow();
    }

    /** In a thread of its own, because a run that hangs in the store holds the lock, and this settlement may hang too. */
    private void settleRestInTime() {
        long deadline = System.nanoTime() + closeTimeout.toNanos();
        CountDownLatch settled = new CountDownLatch(1);
        Thread last = new Thread(() -> settleRest(deadline, settled), "panocrypt-outbox-end");
        last.setDaemon(true);
        last.start();
        try {
            TimeUnit.NANOSECONDS.timedJoin(last, closeTimeout.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (settled.getCount() > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "notices that were sent may be sent again: the store did not answer in time");
        }
    }

    /**
     * Settles finished work, and puts off waiting entries while there is time; the others become due when their lease ends.
     */
    private synchronized void settleRest(long deadline, CountDownLatch settled) {
        failure = null;
        settleAgain();
        List.copyOf(running.values()).stream().filter(Running::isOver).forEach(task -> end(task, result(task)));
        if (failure != null) {
            LOG.log(System.Logger.Level.WARNING, "notices that were sent may be sent again: {0}", failure.getMessage());
        }
        settled.countDown();
        returning.addAll(waiting.waitingSince(Instant.MAX));
        while (failure == null && !returning.isEmpty() && deadline - System.nanoTime() > 0) {
            WaitingEntries.Waiting entry = returning.remove();
            settle(entry.lease(), entry.leased(), new Settlement.PutOff(Duration.ZERO));
        }
    }
}
