package io.panocrypt.policy;

import io.panocrypt.policy.spi.StoreException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Repeats a write whose outcome is unknown; a write carries its own id, so that it happens at most once. Thread-safe. */
final class PatientWrites {
    private static final System.Logger LOG = System.getLogger(PatientWrites.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);

    private final Duration patience;

    /** @param patience for how long */
    PatientWrites(Duration patience) {
        this.patience = patience;
    }

    /** @throws StoreException if the outcome stays unknown */
    <T> T repeat(Supplier<T> write) {
        long deadline = System.nanoTime() + patience.toNanos();
        long pause = FIRST_PAUSE.toNanos();
        while (true) {
            try {
                return write.get();
            } catch (StoreException e) {
                long left = deadline - System.nanoTime();
                if (left <= 0 || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LOG.log(System.Logger.Level.WARNING, "outcome of a write unknown, repeating it");
                LockSupport.parkNanos(Math.min(pause, left));
                pause *= 2;
            }
        }
    }
}
