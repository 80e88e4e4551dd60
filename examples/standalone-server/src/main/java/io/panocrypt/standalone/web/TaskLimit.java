package io.panocrypt.standalone.web;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Limits the number of concurrent tasks. Further ones wait in order, without a thread. Thread-safe. */
final class TaskLimit {
    private final int max;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int running;

    TaskLimit(int max) {
        this.max = max;
    }

    /**
     * Runs the task on this thread, or later on the executor.
     *
     * @param task must call {@link #leave} when it ends, even after a failure
     */
    void enter(Executor executor, Runnable task) {
        synchronized (this) {
            if (running >= max) {
                waiting.add(() -> executor.execute(task));
                return;
            }
            running++;
        }
        task.run();
    }

    /** Ends a task and starts the next. */
    void leave() {
        Runnable next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                running--;
                return;
            }
        }
        next.run();
    }
}
