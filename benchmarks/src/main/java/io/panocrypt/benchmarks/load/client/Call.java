package io.panocrypt.benchmarks.load.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A request in progress on a connection, its partial answer and its owner. Not thread-safe: for one thread with a
 * selector.
 */
public final class Call<T> implements AutoCloseable {
    private static final int MAX_ANSWER = 8_192;
    private static final int USUAL_ANSWER = 1_024;

    private final SocketChannel channel = SocketChannel.open();
    private final T owner;
    private byte[] bytes = new byte[USUAL_ANSWER];
    private Exchange exchange;
    private long since;
    private int count;
    private Answer answer = Answer.UNKNOWN;

    private Call(T owner, Exchange exchange, long since) throws IOException {
        this.owner = owner;
        this.exchange = exchange;
        this.since = since;
    }

    /**
     * Connects, and sends the request once connected.
     *
     * @param from the local address, connected without blocking; null for any address, connected while the caller waits
     * @param since when the request was due
     */
    public static <T> Call<T> begin(
            T owner,
            Selector selector,
            InetSocketAddress server,
            @Nullable InetSocketAddress from,
            Exchange exchange,
            long since)
            throws IOException {
        Call<T> call = new Call<>(owner, exchange, since);
        try {
            call.connect(selector, server, from);
            return call;
        } catch (IOException e) {
            call.close();
            throw e;
        }
    }

    private void connect(Selector selector, InetSocketAddress server, @Nullable InetSocketAddress from)
            throws IOException {
        if (from == null) {
            // On loopback the kernel connects at once. Waiting in the selector would take processor time from the
            // server.
            channel.connect(server);
            channel.configureBlocking(false);
            send();
            channel.register(selector, SelectionKey.OP_READ, this);
            return;
        }
        channel.configureBlocking(false);
        channel.bind(from);
        if (channel.connect(server)) {
            send();
            channel.register(selector, SelectionKey.OP_READ, this);
        } else {
            channel.register(selector, SelectionKey.OP_CONNECT, this);
        }
    }

    /** Sends another request on the same connection. */
    void askAgain(Exchange other, long now) throws IOException {
        exchange = other;
        since = now;
        count = 0;
        answer = Answer.UNKNOWN;
        send();
    }

    /** Sends in one write: a request is far smaller than a socket's buffer. */
    private void send() throws IOException {
        byte[] request = exchange.request();
        if (channel.write(ByteBuffer.wrap(request)) != request.length) {
            throw new IOException("the socket did not accept the whole request");
        }
    }

    /**
     * Continues when the selector reports the channel ready.
     *
     * @param buffer used for reading, overwritten
     * @return whether the answer is complete
     * @throws IOException if the connection was refused, was reset, or ended before the answer was complete
     */
    public boolean goOn(SelectionKey key, ByteBuffer buffer) throws IOException {
        if (key.isConnectable()) {
            channel.finishConnect();
            send();
            key.interestOps(SelectionKey.OP_READ);
            return false;
        }
        buffer.clear();
        if (channel.read(buffer) < 0) {
            throw new IOException("the server closed the connection");
        }
        return take(buffer.flip());
    }

    private boolean take(ByteBuffer from) {
        int more = from.remaining();
        if (count + more > MAX_ANSWER) {
            throw new IllegalStateException("an answer is longer than " + MAX_ANSWER + " bytes");
        }
        if (count + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, MAX_ANSWER);
        }
        from.get(bytes, count, more);
        count += more;
        if (answer == Answer.UNKNOWN) {
            answer = Answer.of(bytes, count);
        }
        return answer.isWhole(count);
    }

    public T owner() {
        return owner;
    }

    /** When the request was due. */
    public long since() {
        return since;
    }

    /** The status of the complete answer. */
    public int status() {
        return answer.status();
    }

    /** Whether the complete answer is correct. */
    public boolean isRight() {
        return answer.status() == 200 && exchange.isAnsweredBy(bytes, answer.bodyStart(), answer.end());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
