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
 * The clerk of the outbox: leases what is due, lets each entry be handled in a thread of its own for at most 15 s, and
 * settles it.
 *
 * <p>At most {@link #PARALLEL} entries are worked on at once, and {@link #MAX_OF_A_TARGET} of one target, so that 19 targets
 * that hang delay nobody else. An entry whose target has no room waits here for 30 s at most, well within its lease, and is
 * then put off.
 *
 * <p>Work that outlasts its time is interrupted and counts as failed; its thread may go on, keeps its place at its target,
 * and 24 such threads are put up with. What is done here but could not be settled is settled again and again, and not done
 * twice by this node. Thread-safe.
 */
public final class Dispatcher implements AutoCloseable {
    /** How long work may take. */
    public static final Duration LIMIT = Duration.ofSeconds(15);

    private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());

    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);
    static final int PARALLEL = 80;
    static final int MAX_OF_A_TARGET = 4;
    private static final int MAX_THREADS = PARALLEL + 24;
    /** Entries that are leased by one call: a long queue of one target must not hide what came after it. */
    private static final int BATCH = 128;
    /** Entries that are put off between two leases, for the same reason. */
    private static final int MIN_PUT_OFF = 16;

    /** A target none of whose work has ended for this long is one that hangs. */
    private static final Duration SLOW = Duration.ofSeconds(2);

    private static final Duration PURGE_AGE = Duration.ofDays(90);
    private static final Duration PURGE_INTERVAL = Duration.ofHours(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration SHORT_WAIT = Duration.ofMillis(20);

    /** Work that is going on. */
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

    /** A settlement that the store does not know yet. */
    private record Owed(String lease, Settlement settlement) {}

    private final OutboxStore store;
    private final Handler handler;
    private final Supplier<String> leaseNames;
    private final InstantSource clock;
    private final WakeUp bell;
    private final ThreadPoolExecutor threads;
    private final Duration closeTimeout;

    /** By the entry's id, like the next; both guarded by this. */
    private final Map<String, Running> running = new LinkedHashMap<>();

    private final Map<String, Owed> owed = new LinkedHashMap<>();

    /** Work that was given up and whose thread goes on, and leased entries that wait; both guarded by this. */
    private final List<Running> hanging = new ArrayList<>();

    private final WaitingEntries waiting = new WaitingEntries();
    /** Leased entries that are to be put off; guarded by this. */
    private final Queue<WaitingEntries.Waiting> returning = new ArrayDeque<>();

    /** The first settlement that failed in this turn; guarded by this. */
    private @Nullable StoreException unsettled;

    private Instant nextPurge = Instant.MIN;
    private volatile @Nullable Thread loop;
    private volatile boolean closed;

    /** Whether the store failed the last turn; touched by the loop's thread only. */
    private boolean waits;

    /**
     * A clerk who does nothing before {@link #start} or {@link #workOff}.
     *
     * @param leaseNames never gives the same one twice, whatever the node
     * @param clock tells when work takes too long
     * @param bell is heard between the polls
     */
    public Dispatcher(
            OutboxStore store, Handler handler, Supplier<String> leaseNames, InstantSource clock, WakeUp bell) {
        this(store, handler, leaseNames, clock, bell, CLOSE_TIMEOUT);
    }

    /** @param closeTimeout how long {@link #close} waits for what goes on, and then for the store */
    Dispatcher(
            OutboxStore store,
            Handler handler,
            Supplier<String> leaseNames,
            InstantSource clock,
            WakeUp bell,
            Duration closeTimeout) {
        this.store = store;
        this.handler = handler;
        this.leaseNames = leaseNames;
        this.clock = clock;
        this.bell = bell;
        this.closeTimeout = closeTimeout;
        AtomicInteger numbers = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(0, MAX_THREADS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "panocrypt-notice-" + numbers.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Works in a thread of its own from now on, which looks for work so often and whenever the bell rings. */
    public synchronized void start(Duration interval) {
        Thread thread = new Thread(() -> loop(interval), "panocrypt-outbox");
        thread.setDaemon(true);
        thread.start();
        loop = thread;
    }

    private void loop(Duration interval) {
        while (!closed) {
            try {
                stepOrLog();
                bell.await(interval);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** For one thread. An outage is a line when it begins and one when it is over, however often this tries. */
    void stepOrLog() {
        try {
            step();
            if (waits) {
                waits = false;
                LOG.log(System.Logger.Level.INFO, "the outbox goes on");
            }
        } catch (StoreException e) {
            if (!waits) {
                waits = true;
                LOG.log(System.Logger.Level.WARNING, "the outbox waits for the store: {0}", e.getMessage());
            }
        } catch (RuntimeException e) {
            // A loop that ends would silence everybody; what was leased becomes due again.
            LOG.log(System.Logger.Level.ERROR, "a turn of the outbox failed", e);
        }
    }

    /**
     * Works on this thread until nothing is due and nothing is going on.
     *
     * @return how many entries were worked on
     * @throws StoreException if the store fails
     */
    public int workOff() {
        int total = 0;
        while (true) {
            int started = step();
            total += started;
            if (started == 0 && isIdle()) {
                return total;
            }
            try {
                bell.await(SHORT_WAIT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return total;
            }
        }
    }

    private synchronized boolean isIdle() {
        return running.isEmpty() && owed.isEmpty() && waiting.isEmpty() && returning.isEmpty();
    }

    /**
     * Settles what has ended, then starts what waits and what is due; how many were leased.
     *
     * @throws StoreException after all of this, if a settlement failed: one that the store refuses holds up no other entry
     */
    private synchronized int step() {
        unsettled = null;
        settleOwed();
        List.copyOf(running.values()).forEach(this::settleIfOver);
        hanging.removeIf(Running::isOver);
        purge();
        int leased = 0;
        if (!closed) {
            startWaiting();
            putOffSome();
            leased = leaseDue();
        }
        if (unsettled != null) {
            throw unsettled;
        }
        return leased;
    }

    private int leaseDue() {
        if (running.size() + owed.size() >= PARALLEL) {
            return 0;
        }
        String lease = leaseNames.get();
        Instant now = clock.instant();
        List<LeasedEntry> due = store.lease(lease, LEASE, BATCH);
        due.forEach(leased -> begin(lease, leased, now));
        if (due.size() == BATCH) {
            bell.ring();
        }
        return due.size();
    }

    private void begin(String lease, LeasedEntry leased, Instant now) {
        Owed known = owed.get(leased.entry().id());
        if (known != null) {
            owed.put(leased.entry().id(), new Owed(lease, known.settlement()));
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

    /** What has waited too long goes back: its lease must not end while it is worked on. */
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
        for (int i = 0; i < some && !returning.isEmpty() && unsettled == null; i++) {
            putOff(returning.remove());
        }
        if (!returning.isEmpty()) {
            bell.ring();
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

    /** Whether all that its target may have hangs for longer than it may. */
    private boolean isStuck(String target) {
        return hanging.stream().filter(work -> work.target().equals(target)).count() >= MAX_OF_A_TARGET;
    }

    /** The work at a target. */
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
                bell.ring();
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
            // Its message may hold a contact or worse, and belongs neither into the log nor into a list of dead
            // letters.
            return handler.failed(
                    task.leased(),
                    "failed with "
                            + Objects.requireNonNull(e.getCause()).getClass().getSimpleName());
        }
    }

    private void settle(String lease, LeasedEntry leased, Settlement settlement) {
        settle(leased.entry().id(), new Owed(lease, settlement));
    }

    private void settleOwed() {
        Map.copyOf(owed).forEach(this::settle);
    }

    private void settle(String id, Owed debt) {
        try {
            if (!store.settle(debt.lease(), id, debt.settlement())) {
                LOG.log(System.Logger.Level.INFO, "the entry {0} of the outbox was settled by somebody else", id);
            }
            owed.remove(id);
        } catch (StoreException e) {
            owed.put(id, debt);
            unsettled = unsettled == null ? e : unsettled;
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
     * Starts nothing more, gives what is going on 5 s to end and the store 5 s more to hear of it, and interrupts the rest.
     * A store that hangs is left to its thread.
     */
    @Override
    public void close() {
        closed = true;
        bell.ring();
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

    /** In a thread of its own, since a turn that hangs in the store holds the lock, and the store may hang here as well. */
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
            LOG.log(System.Logger.Level.WARNING, "notices that were sent may be sent again: the store hangs");
        }
    }

    /**
     * What has ended is settled, and what waits goes back as far as there is time; the rest becomes due again when its lease
     * ends.
     */
    private synchronized void settleRest(long deadline, CountDownLatch settled) {
        unsettled = null;
        settleOwed();
        List.copyOf(running.values()).stream().filter(Running::isOver).forEach(task -> end(task, result(task)));
        if (unsettled != null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "notices that were sent may be sent again: {0}",
                    unsettled.getMessage());
        }
        settled.countDown();
        returning.addAll(waiting.waitingSince(Instant.MAX));
        while (unsettled == null && !returning.isEmpty() && deadline - System.nanoTime() > 0) {
            WaitingEntries.Waiting entry = returning.remove();
            settle(entry.lease(), entry.leased(), new Settlement.PutOff(Duration.ZERO));
        }
    }
}
