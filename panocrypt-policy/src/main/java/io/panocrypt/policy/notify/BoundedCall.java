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
 * Blocking work that ends in time for whoever waits for it: at a limit, or when the waiting thread is interrupted.
 *
 * <p>The work runs in a daemon thread of its own, which is interrupted when nobody waits any more. Connections of NIO
 * channels end by that at once; a name service that hangs keeps its thread until it answers. Of such threads each host has
 * 4 at most; then its calls fail at once. Thread-safe.
 */
final class BoundedCall {
    private static final int MAX_LEFT_BEHIND = 4;

    private final Duration limit;
    /** Threads that go on although nobody waits for them, by host. */
    private final Map<String, Integer> leftBehind = new ConcurrentHashMap<>();

    BoundedCall(Duration limit) {
        this.limit = limit;
    }

    /**
     * What the work returns.
     *
     * @param host what the work may wait for
     * @throws TimeoutException at the limit, or at once where too many earlier calls still hang
     * @throws ExecutionException with what the work threw as its cause
     */
    <T> T run(String host, Callable<T> work) throws InterruptedException, TimeoutException, ExecutionException {
        if (leftBehind.getOrDefault(host, 0) >= MAX_LEFT_BEHIND) {
            throw new TimeoutException("earlier calls still hang");
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

    /** The thread's end may be counted before the fact that it was left. */
    private void count(String host, int change) {
        leftBehind.merge(host, change, (before, more) -> before + more == 0 ? null : before + more);
    }
}
