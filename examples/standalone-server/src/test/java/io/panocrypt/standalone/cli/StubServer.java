package io.panocrypt.standalone.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A server on a free loopback port that records requests and gives prepared answers; 404 to others. */
final class StubServer implements AutoCloseable {
    /** A request; the line is method and target below {@code /api/v1}. */
    record Asked(
            String line,
            String body,
            @Nullable String authorization,
            @Nullable String ifMatch) {}

    record Prepared(int status, String body) {}

    private final HttpServer http;
    private final Map<String, Prepared> answers = new HashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private volatile Prepared otherwise = new Prepared(404, "{\"title\":\"Not Found\",\"status\":404,\"problems\":[]}");

    StubServer() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", this::answer);
        http.start();
    }

    String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    /** Prepares an answer; call it before the command runs. */
    StubServer on(String line, int status, String body) {
        answers.put(line, new Prepared(status, body));
        return this;
    }

    /** Sets the answer to unprepared requests. */
    StubServer otherwise(int status, String body) {
        otherwise = new Prepared(status, body);
        return this;
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    List<String> lines() {
        return asked.stream().map(Asked::line).toList();
    }

    Asked last() {
        return asked.get(asked.size() - 1);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String target = exchange.getRequestURI().toString();
        String line = exchange.getRequestMethod() + " "
                + (target.startsWith("/api/v1") ? target.substring("/api/v1".length()) : "outside " + target);
        asked.add(new Asked(
                line,
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                exchange.getRequestHeaders().getFirst("Authorization"),
                exchange.getRequestHeaders().getFirst("If-Match")));
        Prepared prepared = answers.getOrDefault(line, otherwise);
        byte[] body = prepared.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Location", "/elsewhere");
        exchange.sendResponseHeaders(prepared.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** Removes all prepared answers. */
    StubServer forget() {
        answers.clear();
        return this;
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
