package io.panocrypt.standalone.web;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections whose peer takes too long in all: for the header of a request, counted from the end of the one before,
 * for its body, or to take a piece of an answer. While there are nearly as many connections as may be, 5 s is too long; in less than that a server which is
 * that busy might not have looked at what an honest machine sent.
 *
 * <p>Jetty's idle timeout alone begins anew with each byte. Thread-safe.
 */
final class SlowConnections extends AbstractLifeCycle implements Connection.Listener {
    private static final int LOOKS = 10;
    /** The share of the connections that may be, from which on timeouts are short. */
    private static final double CROWD = 0.9;

    private static final long CROWDED = TimeUnit.SECONDS.toNanos(5);
    private static final long MOMENT = TimeUnit.SECONDS.toNanos(1);

    private final Server server;
    private final Duration timeout;
    private final int connections;
    private final BufferBudget answers;
    private final Map<Connection, Wait> waits = new ConcurrentHashMap<>();

    /**
     * Watches one address.
     *
     * @param timeout for a header, a body and a piece of an answer
     * @param connections how many may be open at once
     * @param answers that are on their way
     */
    SlowConnections(Server server, Duration timeout, int connections, BufferBudget answers) {
        this.server = server;
        this.timeout = timeout;
        this.connections = connections;
        this.answers = answers;
    }

    /** What a connection has waited for since when; touched by the one thread that looks. */
    private static final class Wait {
        private long requests;
        private long responses;
        private long since = System.nanoTime();

        boolean isOver(Connection connection, long now, long timeout) {
            long in = connection.getMessagesIn();
            long out = connection.getMessagesOut();
            if (in != requests || out != responses || !connection.getEndPoint().isFillInterested()) {
                requests = in;
                responses = out;
                since = now;
            }
            return now - since > timeout;
        }
    }

    @Override
    public void onOpened(Connection connection) {
        // What is below HTTP, such as TLS, counts no messages; it goes with the HTTP connection that it carries.
        if (connection.getMessagesIn() >= 0) {
            waits.put(connection, new Wait());
        }
    }

    @Override
    public void onClosed(Connection connection) {
        waits.remove(connection);
    }

    private static void end(Connection connection) {
        if (connection.getMessagesIn() == connection.getMessagesOut()) {
            connection.getEndPoint().close();
        } else {
            // By the idle timeout Jetty ends the request too that waits for its body; closed from here it would wait
            // for ever.
            connection.getEndPoint().setIdleTimeout(TimeUnit.NANOSECONDS.toMillis(MOMENT));
        }
    }

    @Override
    protected void doStart() {
        schedule();
    }

    private void schedule() {
        Scheduler scheduler = server.getScheduler();
        if (scheduler.isRunning()) {
            scheduler.schedule(this::look, Math.min(timeout.toNanos() / LOOKS, MOMENT), TimeUnit.NANOSECONDS);
        }
    }

    private void look() {
        long now = System.nanoTime();
        boolean crowded = waits.size() >= connections * CROWD;
        long allowed = crowded ? Math.min(CROWDED, timeout.toNanos()) : timeout.toNanos();
        try {
            waits.forEach((connection, wait) -> {
                if (wait.isOver(connection, now, allowed)) {
                    end(connection);
                }
            });
            answers.cutOverdue(now, allowed);
        } finally {
            schedule();
        }
    }
}
