package io.panocrypt.testkit.notify;

import io.panocrypt.testkit.notify.NotifierFixture.Behaviour;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** An HTTP/1.1 server on loopback that answers as it is told and keeps what it took. */
final class HttpReceiver implements Closeable {
    static final String BUSY = "HTTP/1.1 429 Busy\r\nRetry-After: 77\r\nContent-Length: 0\r\n\r\n";

    /** One request as it came. */
    record Request(String line, Map<String, String> headers, byte[] body) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    private final @Nullable SSLContext tls;
    private final Listener listener;
    private final AtomicReference<Function<Request, String>> answer = new AtomicReference<>(request -> ok());
    private final List<Request> taken = new CopyOnWriteArrayList<>();

    private HttpReceiver(@Nullable SSLContext tls) throws IOException {
        this.tls = tls;
        this.listener = new Listener(this::serve);
    }

    static HttpReceiver plain() throws IOException {
        return new HttpReceiver(null);
    }

    static HttpReceiver secure(SSLContext tls) throws IOException {
        return new HttpReceiver(tls);
    }

    int port() {
        return listener.port();
    }

    int connections() {
        return listener.accepted();
    }

    /** The requests that were answered with 2xx. */
    List<Request> taken() {
        return List.copyOf(taken);
    }

    /** Answers with this text from now on; empty closes the connection instead. */
    void answer(String text) {
        answer.set(request -> text);
    }

    static String status(int code) {
        return "HTTP/1.1 " + code + " Status\r\nContent-Length: 0\r\n\r\n";
    }

    private static String ok() {
        return status(204);
    }

    void behave(Behaviour behaviour) throws IOException {
        switch (behaviour) {
            case TAKES -> answer(ok());
            case IS_BUSY -> answer(BUSY);
            case FAILS -> answer(status(500));
            case REFUSES -> answer(status(400));
            case REFUSES_SENDER -> answer(status(401));
            case IS_GONE -> answer(status(410));
            case CUTS_OFF -> answer("");
            case HANGS -> answer.set(request -> null);
            case IS_AWAY -> listener.leave();
            default -> throw new IllegalArgumentException("no such behaviour");
        }
        if (behaviour != Behaviour.IS_AWAY) {
            listener.comeBack();
        }
    }

    private void serve(Socket plain) throws IOException {
        plain.setTcpNoDelay(true);
        Socket socket = plain;
        if (tls != null) {
            SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(plain, null, true);
            secured.setUseClientMode(false);
            socket = secured;
        }
        InputStream in = new BufferedInputStream(socket.getInputStream());
        Request request = read(in);
        String text = answer.get().apply(request);
        if (text == null) {
            while (in.read() >= 0) {
                // Waits until the other end gives up.
            }
            return;
        }
        if (text.startsWith("HTTP/1.1 2")) {
            taken.add(request);
        }
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        socket.shutdownOutput();
    }

    private static Request read(InputStream in) throws IOException {
        String first = line(in);
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new IOException("not a header");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            if (headers.put(name, line.substring(colon + 1).strip()) != null) {
                throw new IOException("twice the same header");
            }
        }
        return new Request(first, headers, in.readNBytes(Integer.parseInt(headers.get("content-length"))));
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
