package io.panocrypt.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A real HTTP server on loopback that takes what is posted, refuses as many as it is told to, or keeps one waiting. */
final class HookReceiver implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final HttpServer server;
    private final BlockingQueue<Hook> arrived = new LinkedBlockingQueue<>();
    private final List<Integer> refusals = new CopyOnWriteArrayList<>();
    private final AtomicReference<Optional<CountDownLatch>> hold = new AtomicReference<>(Optional.empty());
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** What was posted; the status is what it was answered. */
    record Hook(int status, String id, String timestamp, String signatures, byte[] body) {
        JsonNode json() throws IOException {
            return MAPPER.readTree(body);
        }

        String type() throws IOException {
            return json().get("type").asText();
        }
    }

    HookReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        int status = refusals.isEmpty() ? 204 : refusals.remove(0);
        arrived.add(new Hook(
                status,
                exchange.getRequestHeaders().getFirst("webhook-id"),
                exchange.getRequestHeaders().getFirst("webhook-timestamp"),
                exchange.getRequestHeaders().getFirst("webhook-signature"),
                body));
        try (exchange) {
            awaitRelease();
            exchange.sendResponseHeaders(status, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitRelease() throws InterruptedException {
        Optional<CountDownLatch> held = hold.getAndSet(Optional.empty());
        if (held.isPresent()) {
            held.get().await();
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    int port() {
        return server.getAddress().getPort();
    }

    void refuseNext(int status) {
        refusals.add(status);
    }

    /** Takes the next one, and does not answer before the latch is down: nobody who posts it learns that it was taken. */
    CountDownLatch holdNext() {
        CountDownLatch release = new CountDownLatch(1);
        hold.set(Optional.of(release));
        return release;
    }

    /** The next one; fails if none comes. */
    Hook next() throws InterruptedException {
        Hook hook = arrived.poll(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
        if (hook == null) {
            throw new AssertionError("no webhook came");
        }
        return hook;
    }

    boolean isQuiet() {
        return arrived.isEmpty();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
