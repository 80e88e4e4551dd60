package io.panocrypt.policy.internal.resilience;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A task that runs periodically on a thread of its own, until it is stopped. Exceptions are logged, and do not stop it. */
public final class PeriodicTask {
    private static final System.Logger LOG = System.getLogger(PeriodicTask.class.getName());

    private final String name;
    private final ScheduledExecutorService scheduler;
    private volatile boolean stopped;

    private PeriodicTask(String name) {
        this.name = name;
        this.scheduler = Executors.newSingleThreadScheduledExecutor(run -> {
            Thread thread = new Thread(run, "panocrypt-" + name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Starts a task.
     *
     * @param first the delay before the first run
     * @param pause from the end of a run to the next
     */
    public static PeriodicTask start(String name, Duration first, Duration pause, Runnable task) {
        PeriodicTask background = new PeriodicTask(name);
        ScheduledFuture<?> unused = background.scheduler.scheduleWithFixedDelay(
                () -> background.runOrLog(task), first.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
        return background;
    }

    private void runOrLog(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            // A scheduled task that throws would never run again.
            if (stopped) {
                LOG.log(System.Logger.Level.INFO, name + " was interrupted");
            } else {
                OutageLog.logFailure(LOG, name + " failed", e);
            }
        }
    }

    /** Runs the task soon, in addition to its periodic runs; never twice at once. */
    public void runSoon(Runnable task) {
        scheduler.execute(() -> runOrLog(task));
    }

    /** Stops the periodic runs, then runs a last task and waits for it, at most for the timeout. */
    public void finish(Runnable last, Duration timeout) {
        scheduler.execute(() -> runOrLog(last));
        scheduler.shutdown();
        await(timeout);
    }

    /** Interrupts a running task, and waits for its end, at most for the timeout. */
    public void stop(Duration timeout) {
        stopped = true;
        scheduler.shutdownNow();
        await(timeout);
    }

    /** Waits, because the caller may close the store and wipe the master key next. */
    private void await(Duration timeout) {
        try {
            if (!scheduler.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        name + " still runs after " + timeout.toSeconds() + " s; the service closes without it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
