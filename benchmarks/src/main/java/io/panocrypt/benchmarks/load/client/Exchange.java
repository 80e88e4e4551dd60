package io.panocrypt.benchmarks.load.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A recovery request, ready to send, and the body of its only correct answer. Callers must not change the arrays. */
public final class Exchange {
    private final byte[] body;
    private final byte[] request;
    private final byte[] answer;

    /**
     * An exchange.
     *
     * @param path the request target
     * @param body the request body
     * @param answer the body of the correct answer
     */
    public Exchange(String path, byte[] body, byte[] answer) {
        String head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
                + "Content-Type: application/jwk+json\r\nContent-Length: " + body.length + "\r\n\r\n";
        byte[] ascii = head.getBytes(StandardCharsets.US_ASCII);
        this.body = body.clone();
        this.request = Arrays.copyOf(ascii, ascii.length + body.length);
        System.arraycopy(body, 0, request, ascii.length, body.length);
        this.answer = answer.clone();
    }

    /** The same body and answer at another target with the same key. */
    public Exchange at(String path) {
        return new Exchange(path, body, answer);
    }

    public byte[] request() {
        return request;
    }

    /** Whether the bytes between {@code from} and {@code to} are the correct answer. */
    boolean isAnsweredBy(byte[] bytes, int from, int to) {
        return Arrays.equals(answer, 0, answer.length, bytes, from, to);
    }
}
