package io.panocrypt.spring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.panocrypt.spring.sample.UnlockApplication;
import io.panocrypt.testkit.support.LowPorts;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The application of the documentation on a free port, with a clock that stands at noon at first. */
final class Host implements AutoCloseable {
    static final String ROOT = basic("root:secret-1");
    static final String ALICE = basic("alice:secret-2");
    static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");
    static final Instant NIGHT = Instant.parse("2026-11-30T02:00:00Z");

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicReference<Instant> time = new AtomicReference<>(NOON);
    private final int port;
    private final ConfigurableApplicationContext context;

    Host(Path folder, String databaseUrl) throws IOException {
        this(LowPorts.free(), folder, databaseUrl);
    }

    Host(int port, Path folder, String databaseUrl) {
        this.port = port;
        context = new SpringApplicationBuilder(UnlockApplication.class)
                .initializers(started -> {
                    started.getBeanFactory().registerSingleton("clock", clock());
                    started.getBeanFactory().registerSingleton("patient", patient());
                })
                .run(arguments(port, folder, databaseUrl).toArray(String[]::new));
    }

    /** A busy machine causes no refusals. */
    private static PanocryptCustomizer patient() {
        return builder ->
                builder.limits(TestTimeout.SERVICE).ruleTimeout(TestTimeout.MAX).commitTimeout(TestTimeout.MAX);
    }

    static List<String> arguments(int port, Path folder, String databaseUrl) {
        return new ArrayList<>(List.of(
                "--spring.main.banner-mode=off",
                "--server.address=127.0.0.1",
                "--server.port=" + port,
                "--spring.datasource.url=" + databaseUrl,
                "--panocrypt.store.timeout=" + TestTimeout.MAX,
                "--panocrypt.public-url=http://127.0.0.1:" + port + "/unlock",
                "--panocrypt.master-key-file=" + folder.resolve("master-key"),
                "--panocrypt.operators.admin-token-file=" + folder.resolve("admin-token")));
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Instant instant() {
                return time.get();
            }
        };
    }

    void setTime(Instant now) {
        time.set(now);
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    URI base(String token) {
        return URI.create("http://127.0.0.1:" + port + "/unlock/u/" + token);
    }

    static String basic(String nameAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(nameAndPassword.getBytes(StandardCharsets.US_ASCII));
    }

    /** Sends a request; the headers are names and values in turn. */
    HttpResponse<String> send(String method, String target, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The status of the answer to a target that is sent as it is. */
    int status(String method, String target) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(Math.toIntExact(TestTimeout.MAX.toMillis()));
            String request = method + " " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String line = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            return Integer.parseInt(line.substring(9));
        }
    }

    /** Calls the API with a user's password; throws unless it answers with 2xx. */
    JsonNode call(String authorization, String method, String path, String body) {
        HttpResponse<String> answer = send(
                method,
                "/unlock/api/v1" + path,
                body,
                "Authorization",
                authorization,
                "X-Requested-With",
                "test",
                "Content-Type",
                "application/json");
        if (answer.statusCode() / 100 != 2) {
            throw new AssertionError(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
        }
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
