package io.panocrypt.benchmarks.load.client;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One HTTP answer, as far as it has been read. The parser reads only the status, Content-Length and body, to stay
 * cheap.
 *
 * @param status of the status line
 * @param bodyStart where the body begins
 * @param end where the body ends; may lie beyond the bytes read so far
 */
public record Answer(int status, int bodyStart, int end) {
    private static final String LENGTH = "\r\ncontent-length:";
    private static final int STATUS_START = "HTTP/1.1 ".length();
    private static final int STATUS_END = STATUS_START + 3;

    /** An answer whose head is incomplete. */
    public static final Answer UNKNOWN = new Answer(0, 0, Integer.MAX_VALUE);

    /** Parses the first {@code count} bytes. */
    public static Answer of(byte[] bytes, int count) {
        for (int i = 3; i < count; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n' && bytes[i - 3] == '\r') {
                return ofHead(new String(bytes, 0, i + 1, StandardCharsets.ISO_8859_1));
            }
        }
        return UNKNOWN;
    }

    private static Answer ofHead(String head) {
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf(LENGTH);
        if (at < 0) {
            return new Answer(0, head.length(), head.length());
        }
        int start = at + LENGTH.length();
        int length = Integer.parseInt(
                lower.substring(start, lower.indexOf('\r', start)).strip());
        int status = Integer.parseInt(head.substring(STATUS_START, STATUS_END));
        return new Answer(status, head.length(), head.length() + length);
    }

    public boolean isWhole(int count) {
        return count >= end;
    }
}
