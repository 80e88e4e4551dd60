package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.servlet.SourceAddress;
import io.panocrypt.standalone.common.HostAndPort;
import io.panocrypt.standalone.web.ConnectionLimits;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An honest client, and clients without a token that try to take all threads, memory or connections. */
@Timeout(600)
class HostileClientsTest {
    /** More than the server has threads. */
    private static final int MANY = 230;

    /** Far longer than an honest client waits here. */
    private static final Duration NEVER = Duration.ofMinutes(30);

    private static final int TIMEOUT_MILLIS = 60_000;
    private static final HostAndPort ANY = new HostAndPort("127.0.0.1", 0);
    private static final String HOST = " HTTP/1.1\r\nHost: x\r\n";

    /** About 10 MB of answers: more than the kernel buffers for a reader that has stopped. */
    private static final String LONG_ANSWERS = ("GET /api/v1/openapi.json" + HOST + "\r\n").repeat(64);

    private static final String REC = "POST /u/aaaaaaaaaaaaaaaaaaaaaaaaaa/rec/x" + HOST;
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

    @TempDir
    private Path directory;

    private final List<Socket> sockets = new ArrayList<>();

    /** Closes connections before the server stops, which would wait for them. */
    @AfterEach
    void hangUp() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static ConnectionLimits limits() {
        return ConnectionLimits.ofProcess().withTimeout(NEVER);
    }

    private RunningService serve(ConnectionLimits limits, Optional<HostAndPort> admin) {
        return new RunningService(
                directory,
                SourceAddress.ofPeer(),
                DeviceChange.none().withSources("127.0.0.1").withCurve(Curve.P_256),
                limits,
                admin);
    }

    private Socket connect(String url, String from) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(4_096);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.connect(new InetSocketAddress("127.0.0.1", URI.create(url).getPort()), TIMEOUT_MILLIS);
        return socket;
    }

    private Socket send(String url, String text) throws IOException {
        Socket socket = connect(url, "127.0.0.1");
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Reads until the other side closes or resets the connection. */
    private static String readAll(Socket socket) throws IOException {
        StringBuilder seen = new StringBuilder();
        InputStream in = new BufferedInputStream(socket.getInputStream());
        try {
            for (int read = in.read(); read >= 0; read = in.read()) {
                seen.append((char) read);
            }
        } catch (SocketException e) {
            assertFalse(socket.isClosed(), "reset by the other side");
        }
        return seen.toString();
    }

    private static String status(Socket socket) throws IOException {
        return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
    }

    private static int get(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url))
                                .version(HttpClient.Version.HTTP_1_1)
                                .header("Connection", "close")
                                .timeout(Duration.ofMillis(TIMEOUT_MILLIS))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static void assertServes(RunningService service) throws Exception {
        String kid = service.device().advertised().get(0).exchange().kid();
        assertEquals(200, new Client(Curve.P_256).recover(service.base(), kid));
        assertEquals(200, get(service.url() + "/healthz"));
        assertEquals(200, get(service.adminUrl() + "/healthz"));
        assertEquals(401, get(service.adminUrl() + "/api/v1/devices"));
        assertEquals(200, get(service.adminUrl() + "/api/v1/openapi.json"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void servesWhileNobodyReadsLongAnswers(boolean isApart) throws Exception {
        try (RunningService service = serve(limits(), isApart ? Optional.of(ANY) : Optional.empty())) {
            int number = isApart ? 40 : MANY;
            for (int i = 0; i < number; i++) {
                send(service.adminUrl(), LONG_ANSWERS);
            }
            for (Socket socket : sockets) {
                assertEquals("HTTP/1.1 200", status(socket), "at work on it");
            }

            assertServes(service);
            hangUp();
        }
    }

    @Test
    void cutsOffTheOldestAnswersThatNobodyReadsOverTheBudget() throws Exception {
        try (RunningService service = serve(limits().withBufferBytes(1_000_000), Optional.empty())) {
            Socket oldest = send(service.url(), LONG_ANSWERS);
            assertEquals("HTTP/1.1 200", status(oldest));
            for (int i = 0; i < 20; i++) {
                assertEquals("HTTP/1.1 200", status(send(service.url(), LONG_ANSWERS)));
            }

            assertTrue(readAll(oldest).split("openapi").length < 64, "cut off");
            assertServes(service);
            hangUp();
        }
    }

    @Test
    void cutsOffAnAnswerThatIsNotReadInTime() throws Exception {
        try (RunningService service = serve(limits().withTimeout(Duration.ofSeconds(1)), Optional.empty())) {
            Socket unread = send(service.url(), LONG_ANSWERS);
            assertEquals("HTTP/1.1 200", status(unread));
            // Writes without reading until the other side resets the connection.
            assertEquals(-1, awaitReset(unread));
            assertServes(service);
            hangUp();
        }
    }

    private static int awaitReset(Socket socket) throws IOException {
        long end = System.nanoTime() + Duration.ofMillis(TIMEOUT_MILLIS).toNanos();
        while (System.nanoTime() < end) {
            try {
                socket.getOutputStream().write('\r');
                Thread.onSpinWait();
            } catch (SocketException e) {
                assertFalse(socket.isClosed());
                return -1;
            }
        }
        return 0;
    }

    /** Each byte is a separate chunk, so more than one byte is counted for it. */
    @Test
    void servesWhileBodiesOfManyChunksStall() throws Exception {
        try (RunningService service = serve(limits(), Optional.empty())) {
            for (int i = 0; i < MANY; i++) {
                send(service.url(), REC + CHUNKED + "1\r\nx\r\n".repeat(5_000));
            }

            assertServes(service);
            hangUp();
        }
    }

    @Test
    void cutsOffTheOldestBodiesThatAreNotWholeOverTheBudget() throws Exception {
        try (RunningService service = serve(limits().withBufferBytes(1_000_000), Optional.empty())) {
            String head = REC + "Content-Length: 65000\r\n\r\n";
            String half = head + " ".repeat(60_000);
            // Reads at once: closing a connection with unread bytes resets it, which loses the answer.
            Socket oldest = send(service.url(), head + " ");
            for (int i = 0; i < 12; i++) {
                send(service.url(), half);
            }
            // Exceeds the budget one by one, since the order of concurrent requests is random.
            while (oldest.getInputStream().available() == 0) {
                send(service.url(), half);
                assertEquals(200, get(service.url() + "/healthz"));
            }

            String answer = readAll(oldest);
            assertTrue(answer.startsWith("HTTP/1.1 503"), answer);
            assertTrue(answer.contains("Retry-After: 5"), answer);
            assertTrue(answer.contains("application/problem+json"), answer);
            Socket newest = sockets.get(sockets.size() - 1);
            newest.getOutputStream().write(" ".repeat(5_000).getBytes(StandardCharsets.US_ASCII));
            assertEquals("HTTP/1.1 400", status(newest), "an honest one is never the oldest");
            assertServes(service);
            hangUp();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "413 POST /u/aaaaaaaaaaaaaaaaaaaaaaaaaa/rec/x",
                "401 POST /api/v1/devices",
                "401 POST /enroll",
                "404 POST /unknown",
                "405 POST /u/aaaaaaaaaaaaaaaaaaaaaaaaaa/adv"
            })
    void refusesBeforeTheBodyWhatIsRefusedAnyway(String expected) throws Exception {
        try (RunningService service = serve(limits(), Optional.empty())) {
            String head = expected.substring(4) + HOST;
            Socket withLength = send(service.url(), head + "Content-Length: 70000\r\n\r\n{");
            assertEquals("HTTP/1.1 " + expected.substring(0, 3), status(withLength));
            Socket expecting = send(service.url(), head + "Content-Length: 70000\r\nExpect: 100-continue\r\n\r\n");
            assertEquals("HTTP/1.1 " + expected.substring(0, 3), status(expecting));
            if (!expected.startsWith("413")) {
                Socket chunked = send(service.url(), head + CHUNKED + "1\r\n{\r\n");
                assertEquals("HTTP/1.1 " + expected.substring(0, 3), status(chunked));
            }
        }
    }

    /** The answer arrives although the connection ends with it. */
    @Test
    void refusesALongBodyThatComesBehindItsHead() throws Exception {
        try (RunningService service = serve(limits(), Optional.empty())) {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(service.url() + "/api/v1/devices"))
                                    .POST(HttpRequest.BodyPublishers.ofString("{}".repeat(16_000)))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(401, answer.statusCode());
            assertTrue(answer.body().contains("a member's bearer token is needed"), answer.body());
        }
    }

    private boolean isServed(RunningService service, String from) throws IOException {
        Socket socket = connect(service.url(), from);
        try {
            socket.getOutputStream().write(("GET /healthz" + HOST + "\r\n").getBytes(StandardCharsets.US_ASCII));
            return status(socket).equals("HTTP/1.1 200");
        } catch (SocketException e) {
            assertFalse(socket.isClosed(), "reset by the other side");
            return false;
        }
    }

    @Test
    void closesConnectionsOfAPeerThatHasTooMany() throws Exception {
        try (RunningService service = serve(limits().withPeers(3, 3, List.of()), Optional.empty())) {
            for (int i = 0; i < 3; i++) {
                assertTrue(isServed(service, "127.0.0.2"));
            }
            assertFalse(isServed(service, "127.0.0.2"), "one too many");
            assertTrue(isServed(service, "127.0.0.3"), "another peer");
            sockets.get(0).close();
            while (!isServed(service, "127.0.0.2")) {
                Thread.onSpinWait();
            }
            hangUp();
        }
    }

    @Test
    void letsATrustedProxyHaveAnyNumber() throws Exception {
        List<Cidr> proxies = List.of(Cidr.parse("127.0.0.2"));
        try (RunningService service = serve(limits().withPeers(3, 3, proxies), Optional.empty())) {
            for (int i = 0; i < 10; i++) {
                assertTrue(isServed(service, "127.0.0.2"));
            }
            hangUp();
        }
    }
}
