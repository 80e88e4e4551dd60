package io.panocrypt.testkit;

import io.panocrypt.testkit.support.TestTimeout;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds the first thread at a point until a second one arrives there, so a race shows on a machine of any speed. */
public final class Overlap {
    private final Thread test = Thread.currentThread();
    private final CountDownLatch two = new CountDownLatch(2);

    /** Holds the thread at this point, except the thread that created this object, which only prepares the race. */
    public void meet() {
        if (Thread.currentThread() == test) {
            return;
        }
        two.countDown();
        try {
            if (!two.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody else came");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
