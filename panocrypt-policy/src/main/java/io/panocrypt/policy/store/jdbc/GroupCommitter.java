package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.internal.resilience.IsolatedThread;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs all waiting writes in one transaction, on one thread, and answers each caller after the commit.
 *
 * <p>One sync to disk thus serves many callers. A fault fails the whole batch: the outcome is unknown to every caller
 * whose work had begun, and the next batch starts on a new connection. A caller that times out withdraws its work if
 * that has not begun.
 */
final class GroupCommitter implements AutoCloseable {
    /**
     * Maximum number of waiting callers. More wait only if the disk has stopped; refusing them makes the service fail
     * closed.
     */
    static final int QUEUE_LIMIT = 1_024;

    static final int BATCH_LIMIT = 256;

    private static final System.Logger LOG = System.getLogger(GroupCommitter.class.getName());

    /** Minimum wait of {@link #close}: a writer that waits for a lock, or for a new connection, needs some seconds. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    /** Maximum wait of a batch for as many writes as the one before it had: 1 ms. */
    private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Interval without writes after which the database gets a sign that this node is alive: 5 s. */
    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The work of one caller inside the transaction. */
    interface Work<T> {
        T run(WriteTransaction transaction) throws SQLException;

        /**
         * Whether no other node may write meanwhile: true by default; work that changes no record and no epoch
         * overrides it.
         */
        default boolean exclusive() {
            return true;
        }

        /** The grants that it spends; used only for work that is not exclusive. */
        default List<String> grants() {
            return List.of();
        }
    }

    private final Connector source;
    private final TableNames names;
    private final Dialect dialect;
    private final WriteOrdering ordering;
    private final InstantSource clock;
    private final String chain;
    private final Duration timeout;
    private final Duration closeTimeout;
    private final Queue<Waiting<?>> queue = new ArrayDeque<>();
    private final Thread thread;
    private boolean closed;

    /** The number of writes for which the next batch briefly waits: 1 while callers come one by one. */
    private int expected = 1;

    /** Held by the user of the connection: the writer's thread for a batch, or another thread that reads. */
    private final Lock use = new ReentrantLock();

    /** Guarded by {@link #use}. */
    private @Nullable WriterConnection connection;

    /** Whether the files may still hold what an edit has overwritten; used by the writer's thread only. */
    private boolean remains;

    /** Connects before it returns: a node whose name is taken must not start. */
    GroupCommitter(
            Connector source, Dialect dialect, TableNames names, String chain, InstantSource clock, Duration timeout)
            throws SQLException {
        this(
                source,
                dialect,
                names,
                chain,
                clock,
                timeout,
                timeout.compareTo(CLOSE_TIMEOUT) > 0 ? timeout : CLOSE_TIMEOUT);
    }

    /** @param closeTimeout how long {@link #close} waits for the writer */
    GroupCommitter(
            Connector source,
            Dialect dialect,
            TableNames names,
            String chain,
            InstantSource clock,
            Duration timeout,
            Duration closeTimeout)
            throws SQLException {
        this.source = source;
        this.dialect = dialect;
        this.names = names;
        this.ordering = dialect.ordering(chain, names);
        this.chain = chain;
        this.clock = clock;
        this.timeout = timeout;
        this.closeTimeout = closeTimeout;
        this.connection = WriterConnection.open(source, dialect, ordering, names);
        this.thread = IsolatedThread.of(this::work, "panocrypt-writer-" + chain);
        thread.start();
    }

    /**
     * Does the work in a transaction and waits for the commit, at most until the timeout.
     *
     * @throws StoreRejectedException if the queue is full, the store is closed, or the work had not begun when the wait
     *     or its transaction ended; it then never begins
     * @throws StoreInputException if the database refuses the work; nothing has happened
     * @throws StoreException if the transaction failed, or the wait ended during it
     */
    <T> T call(Work<T> work) {
        Waiting<T> waiting = new Waiting<>(work);
        enqueue(waiting);
        try {
            return waiting.answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw giveUp(waiting, "interrupted while waiting for a commit", e);
        } catch (TimeoutException e) {
            throw giveUp(waiting, "no commit within " + timeout.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw failure(waiting, Objects.requireNonNull(e.getCause()));
        }
    }

    private StoreException failure(Waiting<?> waiting, Throwable cause) {
        if (waiting.withdraw()) {
            return new StoreRejectedException("the write has not begun", cause);
        }
        return Faults.isInput(cause, dialect)
                ? new StoreInputException("the database refuses what is to be written", cause)
                : new StoreException("the write failed, its outcome is unknown", cause);
    }

    /** Withdraws the write of a caller that stops waiting: it must not spend later. */
    private StoreException giveUp(Waiting<?> waiting, String why, Exception cause) {
        if (!waiting.withdraw()) {
            return new StoreException(why + ", its outcome is unknown", cause);
        }
        synchronized (this) {
            queue.remove(waiting);
        }
        return new StoreRejectedException(why + ", it has not begun", cause);
    }

    private synchronized void enqueue(Waiting<?> waiting) {
        if (closed) {
            throw new StoreRejectedException("the store is closed");
        }
        if (queue.size() >= QUEUE_LIMIT) {
            throw new StoreRejectedException(QUEUE_LIMIT + " writes are already waiting");
        }
        queue.add(waiting);
        // Wakes the writer for the first write, and again when as many have come as it waits for, but not for each.
        if (queue.size() == 1 || queue.size() == expected) {
            notifyAll();
        }
    }

    private void work() {
        try {
            while (!isOver()) {
                List<Waiting<?>> batch = next();
                if (!batch.isEmpty()) {
                    run(batch);
                } else if (!isOver()) {
                    beat();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            disconnectAtLast();
            end();
        }
    }

    private synchronized boolean isOver() {
        return closed && queue.isEmpty();
    }

    /** The next batch; empty if nothing came for a while, or if the store is closed and nothing waits any more. */
    private synchronized List<Waiting<?>> next() throws InterruptedException {
        long end = System.nanoTime() + BEAT_NANOS;
        do {
            long left = end - System.nanoTime();
            while (queue.isEmpty() && !closed && left > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
                left = end - System.nanoTime();
            }
            if (queue.isEmpty()) {
                return List.of();
            }
            linger();
            // The callers may have withdrawn their writes meanwhile.
        } while (queue.isEmpty() && !closed);
        List<Waiting<?>> batch = new ArrayList<>();
        while (batch.size() < BATCH_LIMIT && !queue.isEmpty()) {
            batch.add(queue.remove());
        }
        expected = Math.max(1, batch.size());
        return batch;
    }

    /** Finds a broken connection while no caller would get an unknown outcome from it. */
    private void beat() {
        use.lock();
        try {
            WriterConnection idle = connection;
            if (idle != null) {
                idle.beat();
            }
        } catch (SQLException | RuntimeException e) {
            disconnect(e);
            LOG.log(System.Logger.Level.DEBUG, "the writer's connection is broken", e);
        } finally {
            use.unlock();
        }
    }

    /**
     * Waits briefly: callers that were answered together tend to return together, and a sync for each costs more than
     * the wait.
     */
    private synchronized void linger() throws InterruptedException {
        long end = System.nanoTime() + LINGER_NANOS;
        long left = LINGER_NANOS;
        while (queue.size() < expected && !closed && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = end - System.nanoTime();
        }
    }

    /**
     * Reads through the writer's connection, if that helps and it is idle: its pages are still in memory, while each
     * commit makes other connections drop theirs.
     *
     * @return empty if another connection must read
     */
    <T> Optional<T> tryRead(String sql, Mapping<T> mapping, Object... values) {
        if (!dialect.remembersOwnWrites() || !use.tryLock()) {
            return Optional.empty();
        }
        try {
            WriterConnection idle = connection;
            return idle == null ? Optional.empty() : Optional.of(idle.read(sql, mapping, values));
        } catch (SQLException e) {
            // While nothing is written, nothing else would notice that it is broken.
            disconnect(e);
            throw Faults.reading(e, dialect);
        } finally {
            use.unlock();
        }
    }

    private void run(List<Waiting<?>> batch) {
        boolean answered = false;
        try {
            commitLocked(batch);
            // After the connection is free again, since a caller may read through it as soon as it is answered.
            batch.forEach(Waiting::succeed);
            answered = true;
            eraseRemains();
        } catch (SQLException | RuntimeException e) {
            // After the answers only the erasing can fail; the field remains makes the next batch repeat it.
            if (!answered) {
                answered = true;
                if (batch.size() > 1 && Faults.isRolledBack(e, dialect)) {
                    batch.forEach(waiting -> run(List.of(waiting)));
                } else {
                    batch.forEach(waiting -> waiting.fail(e));
                }
            }
        } finally {
            if (!answered) {
                batch.forEach(waiting -> waiting.fail(new StoreException("the writer has ended")));
            }
        }
    }

    private void commitLocked(List<Waiting<?>> batch) throws SQLException {
        use.lock();
        try {
            commit(batch);
        } catch (SQLException | RuntimeException e) {
            // Before anyone reads through it: its transaction may still be open.
            disconnect(e);
            throw e;
        } finally {
            use.unlock();
        }
    }

    private void eraseRemains() throws SQLException {
        if (!remains) {
            return;
        }
        use.lock();
        try {
            WriterConnection writer = connection;
            remains = writer == null || !writer.eraseRemains();
        } catch (SQLException | RuntimeException e) {
            disconnect(e);
            throw e;
        } finally {
            use.unlock();
        }
    }

    private void commit(List<Waiting<?>> batch) throws SQLException {
        WriterConnection writer = connection;
        if (writer == null) {
            writer = WriterConnection.open(source, dialect, ordering, names);
            connection = writer;
        }
        boolean exclusive = batch.stream().anyMatch(waiting -> waiting.work.exclusive());
        writer.begin(exclusive);
        Set<String> grants = new HashSet<>();
        batch.forEach(waiting -> grants.addAll(waiting.work.grants()));
        if (!exclusive && !grants.isEmpty()) {
            writer.awaitGrants(grants);
        }
        WriteTransaction transaction = new WriteTransaction(writer, chain, dialect, clock);
        for (Waiting<?> waiting : batch) {
            if (waiting.begin()) {
                waiting.run(transaction);
            }
        }
        writer.commit();
        remains |= transaction.erases();
    }

    private void disconnectAtLast() {
        use.lock();
        try {
            disconnect(null);
        } finally {
            use.unlock();
        }
    }

    /** Closes the connection and rolls back a transaction that may be open. */
    private void disconnect(@Nullable Exception cause) {
        WriterConnection old = connection;
        connection = null;
        if (old == null) {
            return;
        }
        try (old) {
            if (cause != null) {
                old.rollback();
            }
        } catch (SQLException e) {
            // Without a cause the store is closing: all is committed, and no caller is left.
            if (cause != null) {
                cause.addSuppressed(e);
            }
        }
    }

    private synchronized void end() {
        closed = true;
        queue.forEach(waiting -> waiting.fail(new StoreException("the writer has ended")));
        queue.clear();
    }

    /** Whether another process has taken this node's name. */
    boolean isLost() {
        return ordering.lost();
    }

    /**
     * Refuses further writes, finishes those that wait, ends the thread and closes the connection. Waits for a writer
     * that hangs as long as a write's timeout, at least 10 s, and then abandons it, since the process must be able to
     * end.
     */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join(Math.max(1, closeTimeout.toMillis()));
            if (thread.isAlive()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the writer hangs and was abandoned; a write that it has begun may still be committed: {0}",
                        thread.getName());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while closing; the writer continues until it has finished", e);
        }
    }

    /** One caller's work and its future answer. */
    private static final class Waiting<T> {
        private final Work<T> work;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
        private @Nullable T result;

        private enum State {
            WAITING,
            BEGUN,
            WITHDRAWN
        }

        Waiting(Work<T> work) {
            this.work = work;
        }

        /** @return false if the caller has withdrawn it */
        boolean begin() {
            return state.compareAndSet(State.WAITING, State.BEGUN) || state.get() == State.BEGUN;
        }

        /** @return false if it has begun and its outcome is open */
        boolean withdraw() {
            return state.compareAndSet(State.WAITING, State.WITHDRAWN);
        }

        void run(WriteTransaction transaction) throws SQLException {
            result = work.run(transaction);
        }

        void succeed() {
            answer.complete(result);
        }

        void fail(Exception cause) {
            answer.completeExceptionally(cause);
        }
    }
}
