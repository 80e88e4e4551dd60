package io.panocrypt.testkit.wire;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A loopback HTTP/1.1 server with one thread per connection. It passes on request targets unchanged. */
final class TinyHttp implements AutoCloseable {

    /** Answers one request. */
    interface Handler {
        Answer answer(String method, String target, byte[] body);
    }

    /** An answer without framing. */
    record Answer(int status, List<String> headers, String body) {

        static Answer ok(String type, String body) {
            return new Answer(200, List.of(), body).withPrivacy().with("Content-Type: " + type);
        }

        static Answer problem(int status) {
            return new Answer(status, List.of(), "{\"status\":" + status + "}")
                    .withPrivacy()
                    .with("Content-Type: application/problem+json");
        }

        private Answer withPrivacy() {
            return with("Cache-Control: no-store").with("Referrer-Policy: no-referrer");
        }

        Answer with(String header) {
            List<String> more = new ArrayList<>(headers);
            more.add(header);
            return new Answer(status, List.copyOf(more), body);
        }
    }

    private final ServerSocket listener;
    private final Handler handler;

    TinyHttp(Handler handler) throws IOException {
        this.handler = handler;
        this.listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    URI url(String path) {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + path);
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "tiny-http");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                daemon(() -> serve(socket));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private boolean serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                socket.getOutputStream().write(one(in));
            }
        } catch (IOException clientHasGone) {
            return false;
        }
    }

    private byte[] one(InputStream in) throws IOException {
        String[] request = line(in).split(" ", 3);
        int length = 0;
        boolean chunked = false;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String lower = header.toLowerCase(Locale.ROOT);
            length = lower.startsWith("content-length:")
                    ? Integer.parseInt(header.substring(15).strip())
                    : length;
            chunked |= lower.startsWith("transfer-encoding:");
        }
        byte[] body = chunked ? chunks(in) : in.readNBytes(length);
        Answer answer = handler.answer(request[0], request[1], body);
        byte[] text = answer.body().getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + answer.status() + " Answer\r\n" + String.join("\r\n", answer.headers())
                + "\r\nContent-Length: " + text.length + "\r\n\r\n";
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        all.writeBytes(request[0].equals("HEAD") ? new byte[0] : text);
        return all.toByteArray();
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            body.writeBytes(in.readNBytes(size));
            line(in);
        }
        line(in);
        return body.toByteArray();
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            line.append((char) b);
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
