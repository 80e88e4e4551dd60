package io.panocrypt.testkit.wire;

import io.panocrypt.testkit.support.TestTimeout;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A plain HTTP/1.1 connection that sends the given bytes unchanged and parses answers strictly.
 *
 * <p>Ordinary clients normalize a target before sending it; the wire table needs targets that are not normalized.
 */
final class RawHttp implements AutoCloseable {

    private static final int MAX_LINE = 64 * 1024;

    private final Socket socket;
    private final InputStream in;

    private RawHttp(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    static RawHttp connect(URI base) throws IOException {
        if (!"http".equals(base.getScheme())) {
            throw new IllegalArgumentException("the contract speaks plain http only, not " + base.getScheme());
        }
        int port = base.getPort() < 0 ? 80 : base.getPort();
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            int limit = Math.toIntExact(TestTimeout.MAX.toMillis());
            socket.setSoTimeout(limit);
            socket.connect(new InetSocketAddress(base.getHost(), port), limit);
            return new RawHttp(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Sends one request on a new connection. */
    static Reply once(URI base, Request request) throws IOException {
        try (RawHttp http = connect(base)) {
            try {
                http.send(request.bytes());
            } catch (IOException e) {
                return http.answerBeforeRefusal(request, e);
            }
            return http.receive(request.method());
        }
    }

    // A server may answer 413 and close before reading everything: the answer counts, not the broken pipe.
    private Reply answerBeforeRefusal(Request request, IOException whileSending) throws IOException {
        try {
            return receive(request.method());
        } catch (IOException e) {
            e.addSuppressed(whileSending);
            throw e;
        }
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Reads one final answer; interim answers (1xx) are skipped. */
    Reply receive(String method) throws IOException {
        Reply reply = receiveAny(method);
        while (reply.status() / 100 == 1) {
            reply = receiveAny(method);
        }
        return reply;
    }

    private Reply receiveAny(String method) throws IOException {
        String statusLine = line();
        String[] parts = statusLine.split(" ", 3);
        if (parts.length < 2 || !parts[0].matches("HTTP/1\\.[01]") || !parts[1].matches("[1-5][0-9][0-9]")) {
            throw new IOException("not a status line: " + statusLine);
        }
        int status = Integer.parseInt(parts[1]);
        List<String> headers = new ArrayList<>();
        for (String header = line(); !header.isEmpty(); header = line()) {
            headers.add(header);
        }
        Reply head = new Reply(statusLine, status, List.copyOf(headers), new byte[0]);
        return new Reply(statusLine, status, head.headers(), body(method, head));
    }

    private byte[] body(String method, Reply head) throws IOException {
        if (method.equals("HEAD") || head.status() / 100 == 1 || head.status() == 204 || head.status() == 304) {
            return new byte[0];
        }
        if (head.header("Transfer-Encoding").isPresent()) {
            return chunks();
        }
        Optional<String> length = head.header("Content-Length");
        return length.isPresent() ? exactly(Integer.parseInt(length.get())) : in.readAllBytes();
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int size = chunkSize();
        while (size > 0) {
            body.write(exactly(size));
            line();
            size = chunkSize();
        }
        while (!line().isEmpty()) {
            // The wire table has no rules about trailers.
            continue;
        }
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line().split(";", 2)[0].strip(), 16);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("connection closed after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException(
                        line.size() == 0 ? "connection closed without an answer" : "closed within a line");
            }
            if (line.size() > MAX_LINE) {
                throw new IOException("endless header line");
            }
            line.write(b);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** A request. It is sent with exactly these headers; only the framing of the body is added. */
    record Request(String method, String target, String version, List<String> headers, byte[] body, boolean chunked) {

        static Request of(String method, String target, URI base) {
            return new Request(
                    method, target, "HTTP/1.1", List.of("Host: " + base.getRawAuthority()), new byte[0], false);
        }

        Request with(String header) {
            List<String> more = new ArrayList<>(headers);
            more.add(header);
            return new Request(method, target, version, List.copyOf(more), body, chunked);
        }

        Request with(byte[] newBody) {
            return new Request(method, target, version, headers, newBody, chunked);
        }

        Request inChunks() {
            return new Request(method, target, version, headers, body, true);
        }

        Request as(String newVersion) {
            return new Request(method, target, newVersion, headers, body, chunked);
        }

        byte[] bytes() {
            StringBuilder head = new StringBuilder(method + " " + target + " " + version + "\r\n");
            headers.forEach(header -> head.append(header).append("\r\n"));
            if (chunked) {
                head.append("Transfer-Encoding: chunked\r\n");
            } else if (body.length > 0 || method.equals("POST") || method.equals("PUT")) {
                head.append("Content-Length: ").append(body.length).append("\r\n");
            }
            head.append("\r\n");
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
            if (chunked) {
                writeChunks(all);
            } else {
                all.writeBytes(body);
            }
            return all.toByteArray();
        }

        private void writeChunks(ByteArrayOutputStream all) {
            // Odd sizes, so that chunk borders fall inside tokens.
            int step = Math.max(7, body.length / 5);
            for (int at = 0; at < body.length; at += step) {
                int size = Math.min(step, body.length - at);
                all.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                all.write(body, at, size);
                all.writeBytes("\r\n".getBytes(StandardCharsets.ISO_8859_1));
            }
            all.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    /** An answer as received. */
    record Reply(String statusLine, int status, List<String> headers, byte[] body) {

        /** The value of the first header with this name, ignoring case. */
        Optional<String> header(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(header -> header.substring(prefix.length()).strip())
                    .findFirst();
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** The complete answer except the Date header, to compare two answers byte for byte. */
        String withoutDate() {
            List<String> kept = headers.stream()
                    .filter(header -> !header.toLowerCase(Locale.ROOT).startsWith("date:"))
                    .toList();
            return statusLine + "\n" + String.join("\n", kept) + "\n\n" + text();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Reply that && withoutDate().equals(that.withoutDate());
        }

        @Override
        public int hashCode() {
            return Objects.hash(withoutDate());
        }

        @Override
        public String toString() {
            return withoutDate();
        }
    }
}
