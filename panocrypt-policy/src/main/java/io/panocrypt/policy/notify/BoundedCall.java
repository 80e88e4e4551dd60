package io.panocrypt.policy.notify;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Blocking work that ends in time for whoever waits for it: at a limit, or when the waiting thread is interrupted.
 *
 * <p>The work runs in a daemon thread of its own, which is interrupted when nobody waits any more. Connections of NIO
 * channels end by that at once; a name service that hangs keeps its thread until it answers.
 */
final class BoundedCall {
    private BoundedCall() {}

    /** @throws ExecutionException with what the work threw as its cause */
    static <T> T run(Duration limit, Callable<T> work)
            throws InterruptedException, TimeoutException, ExecutionException {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "panocrypt-notice");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            task.cancel(true);
        }
    }
}
