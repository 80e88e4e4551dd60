package io.panocrypt.policy.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpAnswerTest {
    private static HttpAnswer read(String text) throws IOException {
        return HttpAnswer.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void readsStatusAndTheFirstRetryAfter() throws IOException {
        assertEquals(
                new HttpAnswer(503, Optional.of("12")),
                read("HTTP/1.1 503 Busy\r\nX: 1\r\nRETRY-AFTER:  12 \r\nRetry-After: 13\r\n\r\nbody"));
        assertEquals(new HttpAnswer(204, Optional.empty()), read("HTTP/1.0 204\n\n"));
    }

    @Test
    void skipsInterimAnswers() throws IOException {
        assertEquals(
                new HttpAnswer(202, Optional.empty()),
                read("HTTP/1.1 103 Hints\r\nRetry-After: 9\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 \r\n\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\n",
                "HTTP/1.1 200 OK\r\nX: 1\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.1 099 Odd\r\n\r\n",
                "HTTP/1.1 600 Odd\r\n\r\n",
                "HTTP/1.1 101 Switching\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                "220 mail.example.org ESMTP\r\n\r\n"
            })
    void takesNothingElseForAnAnswer(String text) {
        assertThrows(IOException.class, () -> read(text));
    }

    @Test
    void readsNoHeadWithoutEnd() {
        String head = "HTTP/1.1 200 OK\r\n" + "X: 1\r\n".repeat(10_000);
        assertThrows(IOException.class, () -> read(head + "\r\n"));
        assertThrows(
                IOException.class, () -> read("HTTP/1.1 100 Go\r\n\r\n".repeat(10_000) + "HTTP/1.1 200 OK\r\n\r\n"));
    }
}
