package io.panocrypt.benchmarks.load.server;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The maximum number of threads of a process, sampled ten times per second. */
public final class ThreadCount implements AutoCloseable {
    private static final long PERIOD_MILLIS = 100;

    private final AtomicLong most = new AtomicLong();
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "thread-count");
        thread.setDaemon(true);
        return thread;
    });

    private ThreadCount() {}

    public static ThreadCount watch(ProcessTree processes) {
        ThreadCount count = new ThreadCount();
        count.watcher.scheduleAtFixedRate(
                () -> count.most.accumulateAndGet(processes.threads(), Math::max),
                0,
                PERIOD_MILLIS,
                TimeUnit.MILLISECONDS);
        return count;
    }

    public long most() {
        return most.get();
    }

    @Override
    public void close() {
        watcher.shutdownNow();
    }
}
