package io.panocrypt.testkit.entry;

import io.panocrypt.testkit.support.TestTimeout;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** Holds one call in its middle until a call of another thread has happened, so a race shows on a machine of any speed. */
final class Intrusion {
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicBoolean used = new AtomicBoolean();
    private final CountDownLatch waiting = new CountDownLatch(1);
    private final CountDownLatch middle = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    /** Whether the call is the one to hold: the first that asks. */
    boolean begins() {
        return begun.compareAndSet(false, true);
    }

    /** Returns when another thread is about to {@link #intrude}. */
    void awaitIntruder() {
        await(waiting);
    }

    /** Called in the middle of the held call; returns when the other one has happened. */
    void letIn() {
        middle.countDown();
        await(over);
    }

    /** Whether the held call is in its middle, or past it. */
    boolean isLetIn() {
        return middle.getCount() == 0;
    }

    /** Makes the call; the first one waits for the middle of the held call. */
    boolean intrude(BooleanSupplier call) {
        boolean first = used.compareAndSet(false, true);
        if (first) {
            waiting.countDown();
            await(middle);
        }
        boolean result = call.getAsBoolean();
        if (first) {
            end();
        }
        return result;
    }

    /** The held call goes on. */
    void end() {
        over.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody else came");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
