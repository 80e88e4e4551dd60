package io.panocrypt.policy.internal.unlock;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Lets what changes the requests of one device go one after another on this node, instead of into each other's way.
 *
 * <p>A courtesy, and no more: what is exact is exact by the store. Thread-safe.
 */
public final class DeviceLocks {
    private static final int STRIPES = 256;

    private final ReentrantLock[] stripes =
            IntStream.range(0, STRIPES).mapToObj(i -> new ReentrantLock()).toArray(ReentrantLock[]::new);
    private final Duration patience;

    /** @param patience how long to wait for a turn before going without */
    public DeviceLocks(Duration patience) {
        this.patience = patience;
    }

    /** Whether this thread has the device's turn. */
    boolean isMine(String deviceId) {
        return stripe(deviceId).isHeldByCurrentThread();
    }

    /** Does it when its turn has come, or when that takes too long. */
    <T> T take(String deviceId, Supplier<T> act) {
        ReentrantLock turn = stripe(deviceId);
        boolean mine = false;
        try {
            mine = turn.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
            return act.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return act.get();
        } finally {
            if (mine) {
                turn.unlock();
            }
        }
    }

    private ReentrantLock stripe(String deviceId) {
        return stripes[Math.floorMod(deviceId.hashCode(), STRIPES)];
    }
}
