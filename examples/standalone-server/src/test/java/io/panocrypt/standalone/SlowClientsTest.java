package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.servlet.SourceAddress;
import io.panocrypt.standalone.web.ConnectionLimits;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An honest client, and clients that are slow or silent. */
class SlowClientsTest {
    private static final int MANY = 250;
    private static final int VERY_MANY = 2_000;
    private static final int HONEST = 60;
    private static final int MAX_MILLIS = Math.toIntExact(TestTimeout.MAX.toMillis());
    private static final Duration SHORT = Duration.ofSeconds(1);

    private static final String HALF_A_HEADER =
            "POST /u/aaaaaaaaaaaaaaaaaaaaaaaaaa/rec/x HTTP/1.1\r\nHost: x\r\nX-Slow: ";
    private static final String NO_BODY =
            "POST /u/aaaaaaaaaaaaaaaaaaaaaaaaaa/rec/x HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{";
    private static final String WHOLE = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

    @TempDir
    private Path directory;

    private final List<Socket> sockets = new ArrayList<>();
    private final Client client = new Client(Curve.P_256);

    @AfterEach
    void hangUp() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private RunningService serve(ConnectionLimits limits) {
        return new RunningService(
                directory,
                SourceAddress.ofPeer(),
                DeviceChange.none().withSources("127.0.0.1").withCurve(Curve.P_256),
                limits);
    }

    private Socket connect(RunningService service, String text) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.connect(
                new InetSocketAddress("127.0.0.1", URI.create(service.url()).getPort()), MAX_MILLIS);
        socket.setSoTimeout(MAX_MILLIS);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Uses a new connection for each request, like a booting machine. */
    private void assertUnlocks(RunningService service, int times) throws Exception {
        String kid = service.device().advertised().get(0).exchange().kid();
        for (int i = 0; i < times; i++) {
            Client fresh = i % 20 == 0 ? new Client(Curve.P_256) : client;
            assertEquals(200, fresh.recover(service.base(), kid));
        }
        HttpResponse<Void> health = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(service.url() + "/healthz"))
                                .version(HttpClient.Version.HTTP_1_1)
                                .header("Connection", "close")
                                .timeout(TestTimeout.MAX)
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
        assertEquals(200, health.statusCode());
    }

    @Test
    void unlocksBesideSlowHeadersStalledBodiesAndIdleConnections() throws Exception {
        unlocksBeside(MANY);
    }

    @Tag("long")
    @Test
    void unlocksBesideThousandsOfSlowHeadersStalledBodiesAndIdleConnections() throws Exception {
        unlocksBeside(VERY_MANY);
    }

    private void unlocksBeside(int ofAKind) throws Exception {
        ConnectionLimits any = ConnectionLimits.ofProcess();
        ConnectionLimits limits = any.withPeers(any.connections(), any.peerRequests(), List.of());
        // Both ends of each connection use a file descriptor of this process.
        int each = Math.min(ofAKind, limits.connections() / 4);
        try (RunningService service = serve(limits)) {
            for (int i = 0; i < each; i++) {
                connect(service, HALF_A_HEADER);
                connect(service, NO_BODY);
                connect(service, WHOLE);
            }
            assertUnlocks(service, HONEST);
            hangUp();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {HALF_A_HEADER, NO_BODY, WHOLE + HALF_A_HEADER})
    void closesAConnectionThatTricklesForTooLong(String beginning) throws Exception {
        ScheduledExecutorService trickle = Executors.newSingleThreadScheduledExecutor();
        try (RunningService service = serve(ConnectionLimits.ofProcess().withTimeout(SHORT))) {
            long start = System.nanoTime();
            Socket socket = connect(service, beginning);
            trickle.scheduleAtFixedRate(
                    () -> {
                        try {
                            socket.getOutputStream().write('x');
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    },
                    100,
                    100,
                    TimeUnit.MILLISECONDS);
            awaitEnd(socket);
            assertTrue(System.nanoTime() - start >= SHORT.toNanos(), "closed too early");
            assertUnlocks(service, 1);
            hangUp();
        } finally {
            trickle.shutdownNow();
        }
    }

    @Test
    void endsABodyThatStalls() throws Exception {
        try (RunningService service = serve(ConnectionLimits.ofProcess().withTimeout(SHORT))) {
            awaitEnd(connect(service, NO_BODY));
            assertUnlocks(service, 1);
        }
    }

    /** Reads until the other side has closed or reset the connection. */
    private static void awaitEnd(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        try {
            int read = in.read();
            while (read >= 0) {
                read = in.read();
            }
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("never closed", e);
        } catch (java.net.SocketException e) {
            // A reset, since it was still writing, counts as closed.
            assertTrue(!socket.isClosed());
        }
    }

    @Test
    void doesNotCloseAConnectionWhoseRequestsAreWholeInTime() throws Exception {
        try (RunningService service = serve(ConnectionLimits.ofProcess().withTimeout(SHORT))) {
            while (!livesLongerThanARequestMay(service)) {
                hangUp();
            }
            hangUp();
        }
    }

    /** False if a busy machine sent the requests too late: then either outcome is allowed. */
    private boolean livesLongerThanARequestMay(RunningService service) throws IOException {
        Socket socket = connect(service, "");
        long start = System.nanoTime();
        long last = start;
        while (last - start < 2 * SHORT.toNanos()) {
            boolean isAnswered = answersOneMore(socket);
            long now = System.nanoTime();
            if (now - last > SHORT.toNanos() / 2) {
                return false;
            }
            assertTrue(isAnswered, "closed though all was in time");
            last = now;
        }
        return true;
    }

    private static boolean answersOneMore(Socket socket) {
        try {
            socket.getOutputStream().write(WHOLE.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String answer = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
            if (!answer.isEmpty()) {
                assertEquals("HTTP/1.1 200", answer);
                skipRest(in);
            }
            return !answer.isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private static void skipRest(InputStream in) throws IOException {
        StringBuilder seen = new StringBuilder();
        while (!seen.toString().endsWith("\r\n\r\nok")) {
            seen.append((char) in.read());
        }
    }

    /** False if the connection is reset, which happens while there are too many. */
    private boolean isAnswered(RunningService service) {
        try {
            return connect(service, WHOLE).getInputStream().read() == 'H';
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void makesRoomWhereIdleConnectionsTakeAllThereIs() throws Exception {
        int most = 50;
        try (RunningService service = serve(ConnectionLimits.ofProcess()
                .withTimeout(TestTimeout.MAX.multipliedBy(2))
                .withConnections(most))) {
            for (int i = 0; i < most; i++) {
                connect(service, i % 2 == 0 ? WHOLE : "");
            }
            // Sooner than idle connections are closed when there are few.
            assertTimeoutPreemptively(TestTimeout.MAX, () -> {
                while (!isAnswered(service)) {
                    Thread.onSpinWait();
                }
            });
            hangUp();
        }
    }
}
