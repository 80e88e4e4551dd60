package io.panocrypt.servlet.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.servlet.ApiServer;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are there, late, endless or cut off, in a container with few threads that waits for ever by itself. */
class BodyReaderTest {
    private static final int MAX = 5_000;
    private static final int MAX_AWAITED = 100;
    private static final int THREADS = 8;
    private static final Duration NEVER = Duration.ofDays(1);
    private static final String HEAD = "POST / HTTP/1.1\r\nHost: x\r\n";
    private static final String CHUNKED = HEAD + "Transfer-Encoding: chunked\r\n\r\n";

    private Server server;
    private ServerConnector connector;
    private final List<Socket> sockets = new ArrayList<>();

    /** Answers with the number of bytes, or with the fault's status. */
    private static final class Counting extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private final transient BodyReader bodies;

        Counting(Duration timeout) {
            bodies = new BodyReader(MAX, timeout, MAX_AWAITED);
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            bodies.read(request, response, body -> {
                try {
                    String text = new String(body.bytes(), StandardCharsets.US_ASCII);
                    if (text.startsWith("!")) {
                        throw new AssertionError("a fault of the service");
                    }
                    byte[] length = String.valueOf(text.length()).getBytes(StandardCharsets.US_ASCII);
                    Responses.write(response, 200, "text/plain", length);
                } catch (ApiException e) {
                    Responses.send(response, e.status());
                }
            });
        }

        @Override
        public void destroy() {
            bodies.close();
        }
    }

    private void start(Duration timeout, boolean isAsync) throws Exception {
        server = new Server(new QueuedThreadPool(THREADS));
        connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setIdleTimeout(0);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder = new ServletHolder(new Counting(timeout));
        holder.setAsyncSupported(isAsync);
        context.addServlet(holder, "/*");
        server.setHandler(context);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.stop();
    }

    private Socket send(String text) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
        sockets.add(socket);
        socket.setSoTimeout(Math.toIntExact(ApiServer.MAX_WAIT.toMillis()));
        sendMore(socket, text);
        return socket;
    }

    private static void sendMore(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String answer(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int read = socket.getInputStream().read();
            assertTrue(read >= 0, "closed without an answer");
            head.append((char) read);
        }
        String status = head.substring(9, 13);
        int length = Integer.parseInt(
                head.substring(head.indexOf("Content-Length: ") + 16).split("\r")[0]);
        byte[] content = socket.getInputStream().readNBytes(length);
        return status.equals("200 ") ? status + new String(content, StandardCharsets.US_ASCII) : status;
    }

    private static String withLength(int length, String body) {
        return HEAD + "Content-Length: " + length + "\r\n\r\n" + body;
    }

    private static String chunk(int length) {
        return Integer.toHexString(length) + "\r\n" + "x".repeat(length) + "\r\n";
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsWhatIsThere(boolean isAsync) throws Exception {
        start(NEVER, isAsync);
        assertEquals("200 0", answer(send(HEAD + "\r\n")));
        assertEquals("200 0", answer(send(withLength(0, ""))));
        assertEquals("200 0", answer(send(CHUNKED + "0\r\n\r\n")));
        for (int length : List.of(1, 1_024, 1_025, MAX)) {
            assertEquals("200 " + length, answer(send(withLength(length, "x".repeat(length)))));
            assertEquals("200 " + length, answer(send(CHUNKED + chunk(length) + "0\r\n\r\n")));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesWhatIsTooLong(boolean isAsync) throws Exception {
        start(NEVER, isAsync);
        assertEquals("413 ", answer(send(withLength(MAX + 1, ""))), "at once");
        assertEquals("413 ", answer(send(CHUNKED + chunk(MAX) + chunk(1))), "without its end");
    }

    @Test
    void keepsNoThreadForABodyThatIsNotThere() throws Exception {
        start(NEVER, true);
        List<Socket> halves = new ArrayList<>();
        for (int i = 0; i < 5 * THREADS; i++) {
            halves.add(send(i % 2 == 0 ? withLength(300, "x".repeat(299)) : CHUNKED + chunk(299)));
        }
        assertEquals("200 1", answer(send(withLength(1, "x"))));
        for (int i = 0; i < halves.size(); i++) {
            sendMore(halves.get(i), i % 2 == 0 ? "x" : chunk(1) + "0\r\n\r\n");
            assertEquals("200 300", answer(halves.get(i)));
        }
    }

    @Test
    void readsABodyThatComesByteByByte() throws Exception {
        start(NEVER, true);
        Socket connection = send(withLength(50, ""));
        for (int i = 0; i < 50; i++) {
            sendMore(connection, "x");
        }
        assertEquals("200 50", answer(connection));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x"})
    void refusesABodyThatIsLate(String part) throws Exception {
        start(Duration.ofMillis(1), true);
        assertEquals("408 ", answer(send(withLength(2, part))));
        assertEquals("200 0", answer(send(HEAD + "\r\n")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesABodyThatIsCutOff(boolean isAsync) throws Exception {
        start(NEVER, isAsync);
        for (String half : List.of(withLength(2, "x"), CHUNKED + chunk(1), CHUNKED + "no chunk\r\n")) {
            Socket connection = send(half);
            connection.shutdownOutput();
            assertEquals("400 ", answer(connection), half);
        }
    }

    @Test
    @Timeout(600)
    void cutsOffTheOneThatIsAwaitedForTheLongestIfThereAreTooMany() throws Exception {
        start(NEVER, true);
        Socket oldest = send(withLength(2, "x"));
        List<Socket> others = new ArrayList<>();
        while (oldest.getInputStream().available() == 0) {
            others.add(send(withLength(2, "x")));
            assertEquals("200 1", answer(send(withLength(1, "x"))));
        }
        assertEquals("503 ", answer(oldest));
        assertTrue(others.size() >= MAX_AWAITED, others.size() + " are too few");
        Socket newest = others.get(others.size() - 1);
        sendMore(newest, "x");
        assertEquals("200 2", answer(newest));
    }

    /** Never with 200: a client takes that for a key. */
    @Test
    void answersAFaultOfTheServiceWithAnError() throws Exception {
        start(NEVER, true);
        for (int i = 0; i < 20; i++) {
            Socket connection = send(withLength(2, "!"));
            sendMore(connection, "x");
            assertEquals("50", answer(connection).substring(0, 2));
        }
    }

    @Test
    void warnsOnceWhereAsynchronousRequestsAreSwitchedOff() throws Exception {
        List<String> warnings = new ArrayList<>();
        Handler listener = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                    warnings.add(entry.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(BodyReader.class.getName());
        logger.addHandler(listener);
        try {
            start(NEVER, false);
            for (int i = 0; i < 2; i++) {
                Socket connection = send(withLength(2, "x"));
                sendMore(connection, "x");
                assertEquals("200 2", answer(connection));
            }
            for (int i = 0; i < 2; i++) {
                assertEquals("200 1", answer(send(CHUNKED + chunk(1) + "0\r\n\r\n")));
            }
        } finally {
            logger.removeHandler(listener);
        }
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).contains("async-supported"), warnings.get(0));
    }
}
