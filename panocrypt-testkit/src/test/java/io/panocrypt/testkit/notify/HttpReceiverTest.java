package io.panocrypt.testkit.notify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpReceiverTest {
    private final ExecutorService sender = Executors.newSingleThreadExecutor();
    private HttpReceiver receiver;

    @BeforeEach
    void listen() throws IOException {
        receiver = HttpReceiver.plain();
    }

    @AfterEach
    void close() throws IOException {
        sender.shutdownNow();
        receiver.close();
    }

    private int post(String body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + receiver.port() + "/hook")
                .toURL()
                .openConnection();
        connection.setReadTimeout((int) TestTimeout.MAX.toMillis());
        connection.setDoOutput(true);
        connection.setRequestProperty("Connection", "close");
        connection.setRequestProperty("Webhook-Id", "id of " + body);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body.getBytes(StandardCharsets.UTF_8));
        }
        return connection.getResponseCode();
    }

    @Test
    void keepsWhatIsPosted() throws Exception {
        assertTrue(receiver.isQuiet());
        assertEquals(204, post("one"));
        assertFalse(receiver.isQuiet());
        HttpReceiver.Request request = receiver.next();
        assertEquals("POST /hook HTTP/1.1", request.line());
        assertEquals("id of one", request.header("webhook-id"));
        assertEquals("", request.header("absent"));
        assertArrayEquals("one".getBytes(StandardCharsets.UTF_8), request.body());
        assertEquals(List.of(request), receiver.taken());
        assertTrue(receiver.isQuiet());
    }

    @Test
    void answersOnceWhatIsToBeAnsweredNext() throws Exception {
        receiver.answer(HttpReceiver.status(500));
        receiver.answerNext(HttpReceiver.status(410));
        receiver.answerNext(HttpReceiver.status(200));
        assertEquals(410, post("one"));
        assertEquals(200, post("two"));
        assertEquals(500, post("three"));
        receiver.next();
        assertEquals(List.of(receiver.next()), receiver.taken());
        assertEquals("id of three", receiver.next().header("webhook-id"));
    }

    @Test
    void holdsOneAnswerBackAndAnswersOthersMeanwhile() throws Exception {
        CountDownLatch release = receiver.holdNext();
        Future<Integer> held = sender.submit(() -> post("one"));
        assertEquals("id of one", receiver.next().header("webhook-id"));
        assertEquals(204, post("two"));
        assertFalse(held.isDone());
        release.countDown();
        assertEquals(204, held.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
    }
}
