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
 * Closes connections whose peer takes too long in total: for a request's header, counted from the end of the previous
 * request, for its body, or to read a piece of an answer. If nearly all connections are in use, the limit is 5 s. A
 * shorter limit could hit honest machines, because such a busy server may be late to read what they sent.
 *
 * <p>Jetty's idle timeout alone restarts with each byte. Thread-safe.
 */
final class SlowConnections extends AbstractLifeCycle implements Connection.Listener {
    private static final int LOOKS = 10;
    /** The share of the maximum connections above which the short limit applies. */
    private static final double CROWD = 0.9;

    private static final long CROWDED = TimeUnit.SECONDS.toNanos(5);
    private static final long MOMENT = TimeUnit.SECONDS.toNanos(1);

    private final Server server;
    private final Duration timeout;
    private final int connections;
    private final BufferBudget answers;
    private final Map<Connection, Wait> waits = new ConcurrentHashMap<>();

    /**
     * Creates a watch of one address.
     *
     * @param timeout maximum time for a header, a body and a piece of an answer
     * @param connections maximum number of open connections
     * @param answers the answers being sent
     */
    SlowConnections(Server server, Duration timeout, int connections, BufferBudget answers) {
        this.server = server;
        this.timeout = timeout;
        this.connections = connections;
        this.answers = answers;
    }

    /** What a connection waits for, and since when. Used only by the watching thread. */
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
        // Lower layers such as TLS do not count messages; they are closed with their HTTP connection.
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
            // An idle timeout also ends the request that waits for its body. After a plain close it would wait without
            // limit.
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
