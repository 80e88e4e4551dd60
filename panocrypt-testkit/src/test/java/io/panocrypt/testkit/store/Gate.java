package io.panocrypt.testkit.store;

import io.panocrypt.testkit.support.TestTimeout;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Delays commits or makes them fail on request. */
final class Gate implements Interference {
    /** Where a commit fails. */
    enum Fault {
        BEFORE,
        AFTER
    }

    private final Semaphore arrivals = new Semaphore(0);
    private final AtomicReference<@Nullable CountDownLatch> barrier = new AtomicReference<>();
    private final AtomicReference<@Nullable Fault> fault = new AtomicReference<>();

    /** Makes only the next commit fail. */
    void failOnce(Fault where) {
        fault.set(where);
    }

    /** Makes all further commits wait. */
    void shut() {
        arrivals.drainPermits();
        barrier.set(new CountDownLatch(1));
    }

    /** Waits until a commit waits at the gate. */
    void awaitArrival() throws InterruptedException {
        if (!arrivals.tryAcquire(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("no commit came");
        }
    }

    void lift() {
        CountDownLatch waiting = barrier.getAndSet(null);
        if (waiting != null) {
            waiting.countDown();
        }
    }

    @Override
    public void before(String sql) throws SQLException {
        if (!sql.equals("COMMIT")) {
            return;
        }
        CountDownLatch waiting = barrier.get();
        if (waiting != null) {
            arrivals.release();
            await(waiting);
        }
        if (fault.compareAndSet(Fault.BEFORE, null)) {
            throw new SQLException("the disk is full, says the test");
        }
    }

    @Override
    public void after(String sql) throws SQLException {
        if (sql.equals("COMMIT") && fault.compareAndSet(Fault.AFTER, null)) {
            throw new SQLException("the line is cut, says the test");
        }
    }

    private static void await(CountDownLatch latch) throws SQLException {
        try {
            if (!latch.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS)) {
                throw new SQLException("nobody lifted the gate");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted at the gate", e);
        }
    }
}
