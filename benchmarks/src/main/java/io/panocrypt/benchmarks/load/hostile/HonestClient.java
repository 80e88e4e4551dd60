package io.panocrypt.benchmarks.load.hostile;

import io.panocrypt.benchmarks.load.client.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Sends the same request at a low rate, from its own thread and with a new connection each time, and records the worst
 * time. {@link #close} waits for the last answer.
 */
final class HonestClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int BUFFER = 16_384;

    private final InetSocketAddress server;
    private final byte[] request;
    private final long period;
    private final Thread thread = new Thread(this::work, "honest");
    private volatile boolean isOver;
    private volatile int answered;
    private volatile long worst;

    /**
     * Creates a client that has not started.
     *
     * @param request the complete request
     * @param perSecond requests per second
     */
    HonestClient(InetSocketAddress server, byte[] request, int perSecond) {
        this.server = server;
        this.request = request.clone();
        this.period = TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    static byte[] get(String path, String header) {
        return ("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + header + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    void begin() {
        thread.start();
    }

    private void work() {
        long due = System.nanoTime();
        while (!isOver) {
            long start = System.nanoTime();
            if (start < due) {
                java.util.concurrent.locks.LockSupport.parkNanos(due - start);
                continue;
            }
            due = start + period;
            boolean isRight = ask();
            worst = Math.max(worst, System.nanoTime() - start);
            answered += isRight ? 1 : 0;
        }
    }

    /** Sends one request; returns whether the answer is 200, complete and within 10 s. */
    boolean ask() {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(server, TIMEOUT_MILLIS);
            socket.getOutputStream().write(request);
            byte[] seen = new byte[0];
            byte[] buffer = new byte[BUFFER];
            InputStream in = socket.getInputStream();
            Answer answer = Answer.UNKNOWN;
            while (!answer.isWhole(seen.length)) {
                int read = in.read(buffer);
                if (read < 0) {
                    return false;
                }
                seen = Arrays.copyOf(seen, seen.length + read);
                System.arraycopy(buffer, 0, seen, seen.length - read, read);
                answer = Answer.of(seen, seen.length);
            }
            return answer.status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    int answered() {
        return answered;
    }

    /** The longest time until an answer or a timeout. */
    Duration worst() {
        return Duration.ofNanos(worst);
    }

    @Override
    public void close() {
        isOver = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
