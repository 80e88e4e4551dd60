package io.panocrypt.testkit.notify;

import io.panocrypt.testkit.notify.NotifierFixture.Behaviour;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server on a free port of 127.0.0.1 that records requests and gives configurable answers, 204 by default.
 *
 * <p>It requires {@code Content-Length} to read a body, and closes each connection after one answer. Thread-safe.
 */
public final class HttpReceiver implements Closeable {
    private static final String BUSY = "HTTP/1.1 429 Busy\r\nRetry-After: 77\r\nContent-Length: 0\r\n\r\n";

    private final @Nullable SSLContext tls;
    private final Listener listener;
    private final BlockingQueue<Request> arrived = new LinkedBlockingQueue<>();
    private final List<Request> taken = new CopyOnWriteArrayList<>();
    private final Queue<String> nextAnswers = new ConcurrentLinkedQueue<>();
    private final Queue<CountDownLatch> nextHolds = new ConcurrentLinkedQueue<>();
    private volatile String answer = status(204);
    private volatile boolean hangs;

    /**
     * A received request.
     *
     * @param line the request line
     * @param headers by lower-case name
     */
    public record Request(String line, Map<String, String> headers, byte[] body) {
        /** The value of the header with this lower-case name; empty if absent. */
        public String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    private HttpReceiver(@Nullable SSLContext tls) throws IOException {
        this.tls = tls;
        this.listener = new Listener(this::serve);
    }

    /** Starts a server for HTTP. */
    public static HttpReceiver plain() throws IOException {
        return new HttpReceiver(null);
    }

    /** Starts a server for HTTPS. */
    public static HttpReceiver secure(SSLContext tls) throws IOException {
        return new HttpReceiver(tls);
    }

    /** The port on 127.0.0.1. */
    public int port() {
        return listener.port();
    }

    /** How many connections came so far. */
    public int connections() {
        return listener.accepted();
    }

    /** The requests so far that were answered with 2xx, in order. */
    public List<Request> taken() {
        return List.copyOf(taken);
    }

    /**
     * Waits for the next request, whatever its answer. Each call returns the request after that of the previous call.
     *
     * @throws AssertionError if none comes within {@link TestTimeout#MAX}
     */
    public Request next() throws InterruptedException {
        Request request = arrived.poll(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("no request came");
        }
        return request;
    }

    /** Whether there is no request for {@link #next} yet. */
    public boolean isQuiet() {
        return arrived.isEmpty();
    }

    /** Sets the text of all further answers; an empty text closes the connection instead. */
    public void answer(String text) {
        answer = text;
        hangs = false;
    }

    /** Sets the answer to the next request only. Several calls set the answers to the next requests in order. */
    public void answerNext(String text) {
        nextAnswers.add(text);
    }

    /**
     * Reads the next request, but answers it only after the latch is counted down. Until then the sender does not know
     * whether it arrived.
     */
    public CountDownLatch holdNext() {
        CountDownLatch release = new CountDownLatch(1);
        nextHolds.add(release);
        return release;
    }

    /** An answer without a body. */
    public static String status(int code) {
        return "HTTP/1.1 " + code + " Status\r\nContent-Length: 0\r\n\r\n";
    }

    /** Sets the behaviour for all further requests. A busy server answers 429 with a Retry-After of 77 seconds. */
    public void behave(Behaviour behaviour) throws IOException {
        switch (behaviour) {
            case TAKES -> answer(status(204));
            case IS_BUSY -> answer(BUSY);
            case FAILS -> answer(status(500));
            case REFUSES -> answer(status(400));
            case REFUSES_SENDER -> answer(status(401));
            case IS_GONE -> answer(status(410));
            case CUTS_OFF -> answer("");
            case HANGS -> hangs = true;
            case IS_AWAY -> listener.leave();
        }
        if (behaviour != Behaviour.IS_AWAY) {
            listener.comeBack();
        }
    }

    private void serve(Socket plain) throws IOException {
        plain.setTcpNoDelay(true);
        Socket socket = plain;
        if (tls != null) {
            SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(plain, null, true);
            secured.setUseClientMode(false);
            socket = secured;
        }
        InputStream in = new BufferedInputStream(socket.getInputStream());
        Request request = read(in);
        if (hangs) {
            arrived.add(request);
            awaitEnd(in);
            return;
        }
        String next = nextAnswers.poll();
        String text = next == null ? answer : next;
        if (text.startsWith("HTTP/1.1 2")) {
            taken.add(request);
        }
        CountDownLatch hold = nextHolds.poll();
        arrived.add(request);
        if (hold != null) {
            await(hold);
        }
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        socket.shutdownOutput();
    }

    private static void awaitEnd(InputStream in) throws IOException {
        while (in.read() >= 0) {
            // Waits until the other end has given up.
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while holding back an answer");
        }
    }

    private static Request read(InputStream in) throws IOException {
        String first = line(in);
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new IOException("not a header");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            if (headers.put(name, line.substring(colon + 1).strip()) != null) {
                throw new IOException("duplicate header");
            }
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Request(first, headers, in.readNBytes(length));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            line.append((char) b);
        }
        return line.toString().strip();
    }

    /** Stops listening and closes all connections. */
    @Override
    public void close() throws IOException {
        listener.close();
    }
}
