package io.panocrypt.benchmarks.load.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/** Simulates clients of a service in this process: each is a thread that asks again as soon as it is answered. */
public final class Callers {
    private Callers() {}

    /**
     * Asks for {@code length}, then waits for the calls in progress.
     *
     * @param clients number of threads, more than zero
     * @param call one request; returns whether the answer is correct. Must be thread-safe
     * @throws ExecutionException if a call throws
     */
    public static Tally run(int clients, Duration length, BooleanSupplier call)
            throws InterruptedException, ExecutionException {
        Tally tally = new Tally();
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            long end = System.nanoTime() + length.toNanos();
            Callable<Void> client = () -> {
                for (long begun = System.nanoTime(); begun - end < 0; begun = System.nanoTime()) {
                    boolean right = call.getAsBoolean();
                    long now = System.nanoTime();
                    synchronized (tally) {
                        if (right) {
                            tally.answered(now - begun, now - end < 0);
                        } else {
                            tally.failed();
                        }
                    }
                }
                return null;
            };
            List<Callable<Void>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                all.add(client);
            }
            for (Future<Void> one : threads.invokeAll(all)) {
                one.get();
            }
            return tally;
        } finally {
            threads.shutdownNow();
        }
    }
}
