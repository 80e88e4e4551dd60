package io.panocrypt.policy.internal.resilience;

/**
 * Makes daemon threads that inherit no inheritable thread-local of their creator: an application may bind its
 * transaction to one. They keep the creator's context class loader, by which drivers find their classes.
 */
public final class IsolatedThread {
    /** The default, to {@link Thread#Thread(ThreadGroup, Runnable, String, long, boolean)}. */
    private static final long STACK_SIZE = 0;

    private IsolatedThread() {}

    /** A thread that is not started yet. */
    public static Thread of(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, STACK_SIZE, false);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.setDaemon(true);
        return thread;
    }
}
