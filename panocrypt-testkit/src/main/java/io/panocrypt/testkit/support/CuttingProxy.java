package io.panocrypt.testkit.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on loopback that loses the answer to a request and then cuts the connection, so the client cannot know what
 * became of the request. Thread-safe.
 */
public final class CuttingProxy implements AutoCloseable {
    private static final int BUFFER = 8_192;

    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> sockets = new ArrayList<>();
    private final int target;
    private volatile @Nullable String marker;
    private volatile boolean losing;

    /** Opens a port that leads to that port of 127.0.0.1. */
    public CuttingProxy(int target) throws IOException {
        this.target = target;
        threads.execute(this::accept);
    }

    /** The port to connect to. */
    public int port() {
        return door.getLocalPort();
    }

    /** From the next request on that holds this ASCII text, requests pass and nothing that the server sends does. */
    public void loseAnswersFrom(String text) {
        marker = text;
    }

    /** Whether that request has come. */
    public boolean loses() {
        return losing;
    }

    /** Closes all connections. New ones pass everything. */
    public synchronized void cut() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
        losing = false;
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                connect(door.accept());
            } catch (IOException e) {
                // The proxy was closed.
                return;
            }
        }
    }

    private synchronized void connect(Socket near) throws IOException {
        Socket far;
        try {
            far = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException e) {
            // The server is away, so its client finds nobody here either.
            near.close();
            return;
        }
        sockets.addAll(List.of(near, far));
        if (door.isClosed()) {
            cut();
        } else {
            threads.execute(() -> pass(near, far, true));
            threads.execute(() -> pass(far, near, false));
        }
    }

    private void pass(Socket from, Socket to, boolean requests) {
        byte[] buffer = new byte[BUFFER];
        String seen = "";
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (requests) {
                    seen = look(seen + new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
                }
                if (requests || !losing) {
                    out.write(buffer, 0, length);
                }
            }
        } catch (IOException e) {
            // One end is closed; the other is closed too.
        }
    }

    /** Returns the end of the text, which may hold the beginning of the marker. */
    private String look(String text) {
        String wanted = marker;
        if (wanted == null) {
            return "";
        }
        if (text.contains(wanted)) {
            losing = true;
            marker = null;
        }
        return text.substring(Math.max(0, text.length() - wanted.length()));
    }

    @Override
    public synchronized void close() throws IOException {
        door.close();
        cut();
        threads.shutdownNow();
    }
}
