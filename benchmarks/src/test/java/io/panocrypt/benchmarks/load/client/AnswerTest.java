package io.panocrypt.benchmarks.load.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnswerTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\ncontent-LENGTH: 3\r\n\r\n";

    private static Answer of(String text) {
        return Answer.of(text.getBytes(StandardCharsets.US_ASCII), text.length());
    }

    @Test
    void knowsNothingBeforeTheHeadIsWhole() {
        assertSame(Answer.UNKNOWN, of(HEAD.substring(0, HEAD.length() - 1)));
        assertFalse(Answer.UNKNOWN.isWhole(HEAD.length()));
    }

    @Test
    void isWholeWithTheLastByteOfTheBody() {
        Answer answer = of(HEAD + "ab");
        assertEquals(200, answer.status());
        assertEquals(HEAD.length(), answer.bodyStart());
        assertFalse(answer.isWhole(HEAD.length() + 2));
        assertTrue(answer.isWhole(HEAD.length() + 3));
    }

    @Test
    void isNoSuccessWithoutALength() {
        assertEquals(0, of("HTTP/1.1 200 OK\r\n\r\n").status());
    }
}
