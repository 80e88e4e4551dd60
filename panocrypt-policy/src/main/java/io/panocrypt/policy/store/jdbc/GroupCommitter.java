package io.panocrypt.policy.store.jdbc;

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
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One thread that runs all writes that wait in one transaction, and answers each caller when it is committed.
 *
 * <p>So one sync to disk serves many callers. A fault fails the whole batch, with an unknown outcome for everybody whose
 * work had begun; the next batch starts on a new connection. A caller who gives up takes work with him that has not begun.
 */
final class GroupCommitter implements AutoCloseable {
    /** More callers than this wait only when the disk has stopped: refuse, so that the service fails closed. */
    static final int QUEUE_LIMIT = 1_024;

    static final int BATCH_LIMIT = 256;

    private static final System.Logger LOG = System.getLogger(GroupCommitter.class.getName());

    /** How long {@link #close} waits at least: a writer that waits for a lock, or for a new connection, needs some seconds. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    /** How long a batch waits for as many writes as the one before it had: 1 ms. */
    private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** How long nothing is written before the database is shown that this node lives: 5 s. */
    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** What one caller wants done inside the transaction. */
    interface Work<T> {
        T run(WriteTransaction transaction) throws SQLException;

        /** Whether no other node may write meanwhile: true unless overridden by work that changes no record and no epoch. */
        default boolean alone() {
            return true;
        }

        /** The grants that it spends; for work that is not alone. */
        default List<String> grants() {
            return List.of();
        }
    }

    private final DataSource source;
    private final Dialect dialect;
    private final WriteOrdering turns;
    private final InstantSource clock;
    private final String chain;
    private final Duration timeout;
    private final Duration closeTimeout;
    private final Queue<Waiting<?>> queue = new ArrayDeque<>();
    private final Thread thread;
    private boolean closed;

    /** So many writes the next batch waits for, though not for long: 1 while callers come one by one. */
    private int hoped = 1;

    /** Held by whoever uses the connection: the writer's thread for a batch, another one to read. */
    private final Lock use = new ReentrantLock();

    /** Guarded by {@link #use}. */
    private @Nullable WriterConnection connection;

    /** Whether the files may still hold what an edit has overwritten; touched by the writer's thread only. */
    private boolean remains;

    /** Connects before it returns, so that a node whose name is taken does not start. */
    GroupCommitter(DataSource source, Dialect dialect, String chain, InstantSource clock, Duration timeout)
            throws SQLException {
        this(source, dialect, chain, clock, timeout, timeout.compareTo(CLOSE_TIMEOUT) > 0 ? timeout : CLOSE_TIMEOUT);
    }

    /** @param closeTimeout how long {@link #close} waits for the writer */
    GroupCommitter(
            DataSource source,
            Dialect dialect,
            String chain,
            InstantSource clock,
            Duration timeout,
            Duration closeTimeout)
            throws SQLException {
        this.source = source;
        this.dialect = dialect;
        this.turns = dialect.turns(chain);
        this.chain = chain;
        this.clock = clock;
        this.timeout = timeout;
        this.closeTimeout = closeTimeout;
        this.connection = WriterConnection.open(source, dialect, turns);
        this.thread = new Thread(this::work, "panocrypt-writer-" + chain);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Does the work in a transaction and waits until that is committed, though not for ever.
     *
     * @throws StoreRejectedException if the queue is full, the store closed, or the work had not begun when the wait or its
     *     transaction ended: then it never will
     * @throws StoreInputException if the database refuses the work, of which nothing has happened
     * @throws StoreException if the transaction failed, or the wait ended while it was under way
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

    /** Whoever gives up leaves nothing in the queue that would spend later. */
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
            throw new StoreRejectedException(QUEUE_LIMIT + " writes wait already");
        }
        queue.add(waiting);
        // The writer sleeps until there is one; then, lest it wake for each, until there are as many as it hopes for.
        if (queue.size() == 1 || queue.size() == hoped) {
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

    /** The next batch; empty when nothing came for a while, or when the store is closed and nothing waits any more. */
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
            // Whoever was waited with may have given up and left nothing.
        } while (queue.isEmpty() && !closed);
        List<Waiting<?>> batch = new ArrayList<>();
        while (batch.size() < BATCH_LIMIT && !queue.isEmpty()) {
            batch.add(queue.remove());
        }
        hoped = Math.max(1, batch.size());
        return batch;
    }

    /** A connection that is found broken here costs no caller an unknown outcome. */
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

    /** Those who were answered together tend to come back together, and a sync for each costs more than their wait. */
    private synchronized void linger() throws InterruptedException {
        long end = System.nanoTime() + LINGER_NANOS;
        long left = LINGER_NANOS;
        while (queue.size() < hoped && !closed && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = end - System.nanoTime();
        }
    }

    /**
     * Reads by the connection that writes, where that is of use and nobody uses it: its pages are still at hand, while each
     * commit makes others forget theirs.
     *
     * @return empty if it has to be read by another one
     */
    <T> Optional<T> tryRead(String sql, Mapping<T> mapping, Object... values) throws SQLException {
        if (!dialect.remembersOwnWrites() || !use.tryLock()) {
            return Optional.empty();
        }
        try {
            WriterConnection idle = connection;
            return idle == null ? Optional.empty() : Optional.of(idle.read(sql, mapping, values));
        } catch (SQLException e) {
            // Where nothing is written, nobody else would find out that it is broken.
            disconnect(e);
            throw e;
        } finally {
            use.unlock();
        }
    }

    private void run(List<Waiting<?>> batch) {
        boolean answered = false;
        try {
            commitAlone(batch);
            // When the connection is free again, since who is answered may read by it.
            batch.forEach(Waiting::succeed);
            answered = true;
            eraseRemains();
        } catch (SQLException | RuntimeException e) {
            // After the answers only the erasing can fail; it stays noted in remains, for the next batch to repeat.
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

    private void commitAlone(List<Waiting<?>> batch) throws SQLException {
        use.lock();
        try {
            commit(batch);
        } catch (SQLException | RuntimeException e) {
            // Before anybody reads by it: its transaction may be open.
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
            writer = WriterConnection.open(source, dialect, turns);
            connection = writer;
        }
        boolean alone = batch.stream().anyMatch(waiting -> waiting.work.alone());
        writer.begin(alone);
        Set<String> grants = new HashSet<>();
        batch.forEach(waiting -> grants.addAll(waiting.work.grants()));
        if (!alone && !grants.isEmpty()) {
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

    /** Gives up the connection, and what its transaction may hold open. */
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
            // Without a cause the store closes, all is committed, and nobody is left to tell.
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
        return turns.lost();
    }

    /**
     * Refuses further writes, finishes those that wait, ends the thread and closes the connection. A writer that hangs is
     * waited for as long as a write is, 10 s at least, and then left to itself, so that the process can end.
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
                        "the writer hangs and is given up; what it has begun may still happen: {0}",
                        thread.getName());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while closing; the writer finishes on its own", e);
        }
    }

    /** One caller's work and the answer that it waits for. */
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

        /** @return false if the caller has given up */
        boolean begin() {
            return state.compareAndSet(State.WAITING, State.BEGUN) || state.get() == State.BEGUN;
        }

        /** @return false if it has begun, so that its outcome is open */
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
