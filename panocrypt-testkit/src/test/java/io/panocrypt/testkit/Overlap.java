package io.panocrypt.testkit;

import io.panocrypt.testkit.support.TestTimeout;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Holds the first thread of a race at one point until a second has come there, so that what is wrong between two threads shows
 * on a machine of any speed.
 */
public final class Overlap {
    private final Thread test = Thread.currentThread();
    private final CountDownLatch two = new CountDownLatch(2);

    /** Does not hold the thread that made this: it prepares the race and takes no part in it. */
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
