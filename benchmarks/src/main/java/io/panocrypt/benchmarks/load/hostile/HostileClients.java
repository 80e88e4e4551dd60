package io.panocrypt.benchmarks.load.hostile;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections that send and never read, all on one thread. A connection that the server closes is opened again after 5
 * s. {@link #close} ends all of them.
 */
final class HostileClients implements AutoCloseable {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long RETRY = 5 * SECOND;
    private static final int RECEIVE_BUFFER = 4_096;
    private static final int PAUSE_MILLIS = 50;
    /** How many connections to open at a time. This leaves room in the kernel's backlog for honest clients. */
    private static final int BURST = 100;

    private final HostileScenario scenario;
    private final InetSocketAddress server;
    private final byte[] beginning;
    private final byte[] drip;
    private final Selector selector = Selector.open();
    private final List<Attacker> attackers = new ArrayList<>();
    private final Thread thread = new Thread(this::work, "hostile");
    private volatile boolean isOver;
    private volatile long bytes;
    private volatile long opened;
    private volatile int mostOpen;
    private int open;

    private HostileClients(HostileScenario scenario, InetSocketAddress server) throws IOException {
        this.scenario = scenario;
        this.server = server;
        this.beginning = scenario.beginning();
        this.drip = scenario.drip();
        for (int i = 0; i < scenario.connections(); i++) {
            attackers.add(new Attacker(scenario.from(i)));
        }
    }

    static HostileClients attack(HostileScenario scenario, InetSocketAddress server) throws IOException {
        HostileClients clients = new HostileClients(scenario, server);
        clients.thread.start();
        return clients;
    }

    /** One connection, reopened when the server closes it. */
    private final class Attacker {
        private final String from;
        private @Nullable SocketChannel channel;
        private ByteBuffer rest = ByteBuffer.allocate(0);
        private long due = System.nanoTime();

        Attacker(String from) {
            this.from = from;
        }

        void begin(long now) {
            due = now + SECOND;
            try {
                SocketChannel begun = SocketChannel.open();
                channel = begun;
                begun.configureBlocking(false);
                begun.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
                begun.bind(new InetSocketAddress(from, 0));
                rest = ByteBuffer.wrap(beginning);
                boolean isConnected = begun.connect(server);
                opened += isConnected ? 1 : 0;
                begun.register(selector, isConnected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, this);
                count(1);
            } catch (IOException e) {
                // Connecting failed: try again in a second.
                end();
            }
        }

        void goOn(SelectionKey key) {
            SocketChannel begun = Objects.requireNonNull(channel);
            try {
                if (!begun.isConnected()) {
                    begun.finishConnect();
                    opened++;
                }
                bytes += begun.write(rest);
                key.interestOps(rest.hasRemaining() ? SelectionKey.OP_WRITE : 0);
            } catch (IOException e) {
                // The server has closed it.
                drop();
            }
        }

        void drip(long now) {
            if (now < due) {
                return;
            }
            if (channel == null) {
                begin(now);
            } else if (!rest.hasRemaining()) {
                due = now + SECOND;
                rest = ByteBuffer.wrap(drip);
                goOn(channel.keyFor(selector));
            }
        }

        private void drop() {
            count(-1);
            end();
            due = System.nanoTime() + RETRY;
        }

        private void end() {
            try {
                if (channel != null) {
                    channel.close();
                }
            } catch (IOException e) {
                // The channel is closed anyway.
            }
            channel = null;
            rest = ByteBuffer.allocate(0);
        }
    }

    private void count(int more) {
        open += more;
        mostOpen = Math.max(mostOpen, open);
    }

    private void work() {
        try {
            while (!isOver) {
                long now = System.nanoTime();
                int begun = 0;
                for (Attacker attacker : attackers) {
                    if (attacker.channel != null || begun++ < BURST) {
                        attacker.drip(now);
                    }
                }
                selector.select(key -> ((Attacker) key.attachment()).goOn(key), PAUSE_MILLIS);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            attackers.forEach(Attacker::end);
        }
    }

    long bytes() {
        return bytes;
    }

    /** The number of connections that the server accepted, including reopened ones. */
    long opened() {
        return opened;
    }

    int mostOpen() {
        return mostOpen;
    }

    @Override
    public void close() throws IOException {
        isOver = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        selector.close();
    }
}
