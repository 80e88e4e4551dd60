package io.panocrypt.policy.notify;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs blocking work with a limit for its caller: the call ends at a timeout, or when the waiting thread is
 * interrupted.
 *
 * <p>The work runs in its own daemon thread, which is interrupted when the caller stops waiting. This closes
 * connections of NIO channels at once, but a name service that hangs keeps its thread until it answers. Each host may
 * have at most 4 such threads; further calls to it fail at once. Thread-safe.
 */
final class BoundedCall {
    private static final int MAX_LEFT_BEHIND = 4;

    private final Duration limit;
    /** Number of threads that continue after their callers stopped waiting, by host. */
    private final Map<String, Integer> leftBehind = new ConcurrentHashMap<>();

    BoundedCall(Duration limit) {
        this.limit = limit;
    }

    /**
     * Runs the work and returns its result.
     *
     * @param host the host that the work may wait for
     * @throws TimeoutException at the limit, or at once if too many earlier calls still hang
     * @throws ExecutionException with the exception of the work as its cause
     */
    <T> T run(String host, Callable<T> work) throws InterruptedException, TimeoutException, ExecutionException {
        if (leftBehind.getOrDefault(host, 0) >= MAX_LEFT_BEHIND) {
            throw new TimeoutException("earlier calls to this host still hang");
        }
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(
                () -> {
                    task.run();
                    if (task.isCancelled()) {
                        count(host, -1);
                    }
                },
                "panocrypt-notice");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            if (task.cancel(true)) {
                count(host, 1);
            }
        }
    }

    /** Counts up and down in any order: a thread may end before it is counted as left behind. */
    private void count(String host, int change) {
        leftBehind.merge(host, change, (before, more) -> before + more == 0 ? null : before + more);
    }
}
