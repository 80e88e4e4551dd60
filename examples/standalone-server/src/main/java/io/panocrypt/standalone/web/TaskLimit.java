package io.panocrypt.standalone.web;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Has at most so many tasks run at once; further ones wait in order, and without a thread. Thread-safe. */
final class TaskLimit {
    private final int max;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int running;

    TaskLimit(int max) {
        this.max = max;
    }

    /**
     * Runs the task on this thread, or later by the executor.
     *
     * @param task calls {@link #leave} when it has ended, whatever happens
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

    /** Ends a task, and begins the next. */
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
