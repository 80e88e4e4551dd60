package io.panocrypt.policy.notify;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of an HTTP answer that a delivery needs: its status, and when to retry. The body is never read.
 *
 * @param status 200 to 599
 * @param retryAfter the first Retry-After header, unparsed
 */
record HttpAnswer(int status, Optional<String> retryAfter) {
    /** In bytes: more than any receiver needs, interim answers included. */
    private static final int MAX_HEAD = 16_384;

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5]\\d\\d)(?: .*)?");
    private static final String RETRY_AFTER = "retry-after:";

    /** @throws IOException if the peer does not speak HTTP/1, sends too much, or ends early */
    static HttpAnswer read(InputStream in) throws IOException {
        Head head = new Head(in);
        while (true) {
            Matcher first = STATUS_LINE.matcher(head.line());
            if (!first.matches()) {
                throw new IOException("not an HTTP answer");
            }
            int status = Integer.parseInt(first.group(1));
            Optional<String> retryAfter = Optional.empty();
            for (String line = head.line(); !line.isEmpty(); line = head.line()) {
                boolean wanted = line.toLowerCase(Locale.ROOT).startsWith(RETRY_AFTER);
                if (wanted && retryAfter.isEmpty()) {
                    retryAfter =
                            Optional.of(line.substring(RETRY_AFTER.length()).strip());
                }
            }
            if (status == 101) {
                throw new IOException("the receiver does not speak HTTP/1");
            }
            if (status >= 200) {
                return new HttpAnswer(status, retryAfter);
            }
        }
    }

    /** The lines before the body. */
    private static final class Head {
        private final InputStream in;
        private int left = MAX_HEAD;

        Head(InputStream in) {
            this.in = in;
        }

        String line() throws IOException {
            StringBuilder line = new StringBuilder();
            while (true) {
                int next = in.read();
                if (next < 0 || left-- == 0) {
                    throw new IOException(next < 0 ? "the answer ends early" : "the response headers are too long");
                }
                if (next == '\n') {
                    int end = line.length();
                    return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
                }
                line.append((char) (next & 255));
            }
        }
    }
}
