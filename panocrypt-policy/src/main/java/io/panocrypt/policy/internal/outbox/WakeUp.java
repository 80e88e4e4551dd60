package io.panocrypt.policy.internal.outbox;

import java.time.Duration;

/** Wakes the thread that waits for work. Thread-safe. */
public final class WakeUp {
    private boolean signalled;

    /** Ends the present wait, or the next one. */
    public synchronized void signal() {
        signalled = true;
        notifyAll();
    }

    /** Waits until it is signalled, but at most this long. */
    synchronized void await(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toMillis(); !signalled && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
        signalled = false;
    }
}
