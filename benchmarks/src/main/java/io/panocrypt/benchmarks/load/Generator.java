package io.panocrypt.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Clients of one server, all on the calling thread with one selector, so that they take little of the processor that the
 * server shares with them. Every answer is compared with the right one. Not thread-safe.
 */
final class Generator {
    /** Whoever has no answer by then counts as failed: 5 s after the turn. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

    private static final int MOST_ANSWER = 8_192;

    private final InetSocketAddress server;
    private final List<Exchange> exchanges;
    private final ByteBuffer buffer = ByteBuffer.allocate(MOST_ANSWER);
    private int next;

    Generator(InetSocketAddress server, List<Exchange> exchanges) {
        this.server = server;
        this.exchanges = exchanges;
    }

    /** Asks for that long, then waits for what is under way. */
    Tally run(Arrivals arrivals, Duration length) throws IOException {
        try (Turn turn = new Turn(arrivals, System.nanoTime(), length.toNanos())) {
            turn.work();
            return turn.tally;
        }
    }

    /** One client's connection, and how far its request has come. */
    private static final class Client {
        private final SocketChannel channel;
        private final byte[] bytes = new byte[MOST_ANSWER];
        private Exchange exchange;
        private long since;
        private int count;
        private Answer answer = Answer.UNKNOWN;

        Client(SocketChannel channel, Exchange exchange, long since) {
            this.channel = channel;
            this.exchange = exchange;
            this.since = since;
        }

        void ask(Exchange other, long now) {
            exchange = other;
            since = now;
            count = 0;
            answer = Answer.UNKNOWN;
        }

        boolean take(ByteBuffer from) {
            int more = from.remaining();
            if (count + more > bytes.length) {
                throw new IllegalStateException("an answer is longer than " + MOST_ANSWER + " bytes");
            }
            from.get(bytes, count, more);
            count += more;
            if (answer == Answer.UNKNOWN) {
                answer = Answer.of(bytes, count);
            }
            return answer.isWhole(count);
        }

        boolean isRight() {
            return answer.status() == 200 && exchange.isAnsweredBy(bytes, answer.bodyStart(), answer.end());
        }
    }

    /** The clients of one turn. */
    private final class Turn implements AutoCloseable {
        private final Tally tally = new Tally();
        private final Arrivals arrivals;
        private final long start;
        private final long length;
        private final Selector selector = Selector.open();
        private final Set<Client> underWay = new HashSet<>();
        private final Queue<Long> late = new ArrayDeque<>();
        private long begun;

        Turn(Arrivals arrivals, long start, long length) throws IOException {
            this.arrivals = arrivals;
            this.start = start;
            this.length = length;
        }

        void work() throws IOException {
            if (!arrivals.isPaced()) {
                for (int i = 0; i < arrivals.clients(); i++) {
                    connect(System.nanoTime());
                }
            }
            while (isOn() || !underWay.isEmpty()) {
                beginDue();
                selector.select(this::ready, patience());
                if (System.nanoTime() - start > length + PATIENCE) {
                    underWay.forEach(client -> tally.failed());
                    return;
                }
            }
        }

        private boolean isOn() {
            return System.nanoTime() - start < length;
        }

        /** In milliseconds; 0 would be for ever. */
        private long patience() {
            return arrivals.isPaced() ? 1 : 100;
        }

        private void beginDue() throws IOException {
            if (!arrivals.isPaced()) {
                return;
            }
            long now = Math.min(System.nanoTime() - start, length);
            while (arrivals.due(begun) < now) {
                late.add(start + arrivals.due(begun++));
            }
            while (!late.isEmpty() && underWay.size() < arrivals.clients()) {
                connect(late.remove());
            }
        }

        private void connect(long since) throws IOException {
            SocketChannel channel = SocketChannel.open();
            Client client = new Client(channel, exchange(), since);
            underWay.add(client);
            channel.configureBlocking(false);
            if (channel.connect(server)) {
                send(client);
                channel.register(selector, SelectionKey.OP_READ, client);
            } else {
                channel.register(selector, SelectionKey.OP_CONNECT, client);
            }
        }

        private Exchange exchange() {
            next = (next + 1) % exchanges.size();
            return exchanges.get(next);
        }

        /** A request is far smaller than a socket's buffer. */
        private void send(Client client) throws IOException {
            byte[] request = client.exchange.request();
            if (client.channel.write(ByteBuffer.wrap(request)) != request.length) {
                throw new IOException("a request was not taken whole");
            }
        }

        private void ready(SelectionKey key) {
            Client client = (Client) key.attachment();
            try {
                if (key.isConnectable()) {
                    client.channel.finishConnect();
                    send(client);
                    key.interestOps(SelectionKey.OP_READ);
                } else {
                    read(client);
                }
            } catch (IOException e) {
                fail(client);
            }
        }

        private void read(Client client) throws IOException {
            buffer.clear();
            if (client.channel.read(buffer) < 0) {
                throw new IOException("the server closed the connection");
            }
            if (!client.take(buffer.flip())) {
                return;
            }
            long now = System.nanoTime();
            if (client.isRight()) {
                tally.answered(now - client.since, now - start < length);
            } else {
                tally.failed();
            }
            if (arrivals.keeps() && isOn()) {
                client.ask(exchange(), now);
                send(client);
            } else {
                end(client);
            }
        }

        private void fail(Client client) {
            tally.failed();
            end(client);
        }

        private void end(Client client) {
            underWay.remove(client);
            try {
                client.channel.close();
                if (!arrivals.isPaced() && isOn()) {
                    connect(System.nanoTime());
                }
            } catch (IOException e) {
                throw new UncheckedIOException("the server is away", e);
            }
        }

        @Override
        public void close() throws IOException {
            for (Client client : underWay) {
                client.channel.close();
            }
            selector.close();
        }
    }
}
