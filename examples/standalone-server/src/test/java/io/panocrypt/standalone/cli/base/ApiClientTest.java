package io.panocrypt.standalone.cli.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests with a server that never finishes its answer: a command must not wait without limit. */
@Timeout(60)
class ApiClientTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n";

    private ServerSocket listener;

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    private ApiClient client() {
        return new ApiClient(
                "http://127.0.0.1:" + listener.getLocalPort(), "token", Optional.empty(), Duration.ofMillis(300));
    }

    /** The failure of a command that gets only this part of an answer. */
    private CommandFailure failure(String answer, Executable command) throws Exception {
        Thread server = new Thread(() -> {
            try (Socket socket = listener.accept()) {
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            } catch (IOException e) {
                // The client has closed the connection, as expected.
            }
        });
        server.start();
        CommandFailure failure = assertThrows(CommandFailure.class, command);
        // On a loaded machine the client may have given up before it was connected.
        listener.close();
        server.join();
        return failure;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\n", HEAD, HEAD + "{\"items\":["})
    void waitsForAWholeAnswerOnlySoLong(String answer) throws Exception {
        CommandFailure failure = failure(answer, () -> client().get("/devices"));
        assertEquals(3, failure.exitCode());
        assertEquals(
                "cannot reach http://127.0.0.1:" + listener.getLocalPort() + ": no whole answer in time",
                failure.getMessage());
    }

    @Test
    void waitsForEachPartOfADownloadOnlySoLong() throws Exception {
        StringWriter out = new StringWriter();
        CommandFailure failure =
                failure(HEAD + "a line", () -> client().download("/history/export", Map.of(), new PrintWriter(out)));
        assertEquals(3, failure.exitCode());
        assertEquals(
                "http://127.0.0.1:" + listener.getLocalPort() + " broke off: what was printed is not the whole",
                failure.getMessage());
    }

    @Test
    void waitsForTheReasonOfARefusedDownloadOnlySoLong() throws Exception {
        CommandFailure failure = failure(
                "HTTP/1.1 403 Forbidden\r\n\r\n{",
                () -> client().download("/history/export", Map.of(), new PrintWriter(new StringWriter())));
        assertEquals(3, failure.exitCode());
    }
}
