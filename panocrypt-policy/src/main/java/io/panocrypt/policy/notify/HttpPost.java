package io.panocrypt.policy.notify;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A well-formed POST request that asks the receiver to close the connection after the answer.
 *
 * @param target http or https, with a host
 * @param headers in addition to Host, Content-Length and Connection
 * @param body the bytes to send
 */
record HttpPost(HttpTarget target, Map<String, String> headers, byte[] body) {
    /** Printable ASCII: RFC 9110 section 5.5 without the obsolete rest. */
    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]*");

    /** @throws IllegalArgumentException if a header's value could end its line */
    HttpPost {
        headers = Map.copyOf(headers);
        if (!headers.values().stream().allMatch(value -> VALUE.matcher(value).matches())) {
            throw new IllegalArgumentException("a header is not printable ASCII");
        }
    }

    byte[] toBytes() {
        StringBuilder head = new StringBuilder("POST ")
                .append(target.path())
                .append(" HTTP/1.1\r\nHost: ")
                .append(target.authority())
                .append("\r\nConnection: close\r\nUser-Agent: panocrypt\r\nContent-Length: ")
                .append(body.length)
                .append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        ByteArrayOutputStream request = new ByteArrayOutputStream(head.length() + body.length + 2);
        request.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        request.writeBytes(body);
        return request.toByteArray();
    }

    /** Shows neither headers nor path: they may hold credentials. */
    @Override
    public String toString() {
        return "HttpPost[" + body.length + " bytes]";
    }
}
