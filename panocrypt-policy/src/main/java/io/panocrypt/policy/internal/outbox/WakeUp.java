package io.panocrypt.policy.internal.outbox;

import java.time.Duration;

/** What wakes the one who waits for work. Thread-safe. */
public final class WakeUp {
    private boolean rung;

    /** Ends the wait that is going on, or the next one. */
    public synchronized void ring() {
        rung = true;
        notifyAll();
    }

    /** Waits until it is rung, at most so long. */
    synchronized void await(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toMillis(); !rung && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
        rung = false;
    }
}
