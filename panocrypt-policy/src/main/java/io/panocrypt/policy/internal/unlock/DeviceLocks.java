package io.panocrypt.policy.internal.unlock;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Serialises changes to the approval requests of one device on this node. Only reduces conflicts; correctness comes from the
 * store. Thread-safe.
 */
public final class DeviceLocks {
    private static final int STRIPES = 256;

    private final ReentrantLock[] stripes =
            IntStream.range(0, STRIPES).mapToObj(i -> new ReentrantLock()).toArray(ReentrantLock[]::new);
    private final Duration timeout;

    /** @param timeout how long to wait for a lock before going on without it */
    public DeviceLocks(Duration timeout) {
        this.timeout = timeout;
    }

    /** Runs the task with the device's lock held, or without it after the timeout or an interrupt. */
    <T> T hold(String deviceId, Supplier<T> task) {
        ReentrantLock lock = stripes[Math.floorMod(deviceId.hashCode(), STRIPES)];
        boolean locked = tryLock(lock);
        try {
            return task.get();
        } finally {
            if (locked) {
                lock.unlock();
            }
        }
    }

    private boolean tryLock(ReentrantLock lock) {
        try {
            return lock.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
