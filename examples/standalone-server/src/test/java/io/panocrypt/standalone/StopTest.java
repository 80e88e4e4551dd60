package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.servlet.HealthServlet;
import io.panocrypt.servlet.SourceAddress;
import io.panocrypt.servlet.TangEndpoint;
import io.panocrypt.standalone.common.HostAndPort;
import io.panocrypt.standalone.web.WebServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests in progress when the server stops. */
class StopTest {
    private static final String HALF_A_HEADER = "POST /rec/x HTTP/1.1\r\nHost: x\r\nX-Slow: ";
    private static final String HALF_A_BODY = "POST /rec/x HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{";
    /** More bytes than the kernel buffers for a reader that pauses. */
    private static final int LONG = 12_000_000;

    private static final String WHOLE = "GET /adv HTTP/1.1\r\nHost: x\r\n\r\n";

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private final ExecutorService others = Executors.newCachedThreadPool();
    private final ScheduledExecutorService trickle = Executors.newSingleThreadScheduledExecutor();
    private final WebServer server = WebServer.bind(
            new WebServer.Listeners(new HostAndPort("127.0.0.1", 0), Optional.empty(), Optional.empty()));

    /** Answers when released. */
    private final class Slow implements TangEndpoint {
        @Override
        public String basePattern() {
            return "()";
        }

        @Override
        public Optional<byte[]> advertisement(String token, @Nullable String thumbprint) {
            return Optional.of(new byte[thumbprint == null ? 0 : LONG]);
        }

        @Override
        public UnlockResult recover(UnlockAttempt attempt) {
            asked.countDown();
            try {
                mayAnswer.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new UnlockResult.Refused(Reason.SOURCE_NOT_ALLOWED);
        }
    }

    @BeforeEach
    void start() {
        server.start(new Slow(), SourceAddress.ofPeer(), HealthServlet.alive());
    }

    @AfterEach
    void end() {
        mayAnswer.countDown();
        trickle.shutdownNow();
        others.shutdownNow();
        server.close();
    }

    private Socket connect(String text) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Sends a complete request that waits for its answer. */
    private Future<Integer> ask() throws InterruptedException {
        Client client = new Client(Curve.P_256);
        Future<Integer> answer = others.submit(() -> client.send(client.request(URI.create(server.url()), "x")));
        asked.await();
        return answer;
    }

    private CompletableFuture<Boolean> stop() {
        return CompletableFuture.supplyAsync(server::stop, others);
    }

    /** Reads until the other side has closed or reset the connection. */
    private static String awaitEnd(Socket socket) throws IOException {
        StringBuilder seen = new StringBuilder();
        InputStream in = socket.getInputStream();
        try {
            for (int read = in.read(); read >= 0; read = in.read()) {
                seen.append((char) read);
            }
        } catch (SocketException e) {
            assertFalse(socket.isClosed(), "reset by the other side");
        }
        return seen.toString();
    }

    /** Opens a connection and waits until the server knows it, and so also knows earlier data on other connections. */
    private Socket connectIdle() throws IOException {
        Socket idle = connect(WHOLE);
        assertEquals('H', idle.getInputStream().read());
        return idle;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", HALF_A_HEADER, HALF_A_BODY})
    void endsWhatIsNotWholeAndAnswersWhatIs(String half) throws Exception {
        try (Socket stalled = connect(half);
                Socket idle = connectIdle()) {
            Future<Integer> answer = ask();
            CompletableFuture<Boolean> stopped = stop();

            awaitEnd(stalled);
            awaitEnd(idle);

            assertFalse(stopped.isDone(), "stopped before it had answered");
            mayAnswer.countDown();
            assertEquals(403, answer.get());
            assertTrue(stopped.get(), "cut off a whole request");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {HALF_A_HEADER, HALF_A_BODY})
    void doesNotWaitForWhatTrickles(String half) throws Exception {
        try (Socket slow = connect(half);
                Socket idle = connectIdle()) {
            trickle.scheduleAtFixedRate(
                    () -> {
                        try {
                            slow.getOutputStream().write('x');
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    },
                    0,
                    100,
                    TimeUnit.MILLISECONDS);

            assertTrue(stop().get(), "waited for it");
            awaitEnd(slow);
            awaitEnd(idle);
        }
    }

    @Test
    void finishesALongAnswerThatIsBeingRead() throws Exception {
        try (Socket slow = connect("GET /adv/long HTTP/1.1\r\nHost: x\r\n\r\n")) {
            InputStream in = slow.getInputStream();
            assertEquals('H', in.read());
            CompletableFuture<Boolean> stopped = stop();

            long read = 1;
            byte[] buffer = new byte[65_536];
            for (int more = in.read(buffer); more >= 0; more = in.read(buffer)) {
                read += more;
            }

            assertTrue(read > LONG, "half an answer: " + read);
            assertTrue(stopped.get(), "cut off a whole request");
        }
    }

    @Tag("long")
    @Test
    void cutsOffARequestThatIsNeverAnswered() throws Exception {
        Future<Integer> answer = ask();

        assertFalse(server.stop(), "waited for ever");

        assertThrows(ExecutionException.class, answer::get);
    }
}
