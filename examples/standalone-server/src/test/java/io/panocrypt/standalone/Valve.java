package io.panocrypt.standalone;

import io.panocrypt.testkit.support.LowPorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A proxy that can be shut: then all connections break, and new ones are refused. */
final class Valve implements AutoCloseable {
    private final int target;
    private final int port;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> sockets = new HashSet<>();
    private ServerSocket door;

    Valve(int target) throws IOException {
        this.target = target;
        this.port = LowPorts.free();
        this.door = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        accept(door);
    }

    int port() {
        return port;
    }

    /** After the call nothing passes any more. */
    synchronized void shut() throws IOException {
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    synchronized void open() throws IOException {
        door = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        accept(door);
    }

    private void accept(ServerSocket at) {
        threads.execute(() -> {
            while (!at.isClosed()) {
                try {
                    connect(at, at.accept());
                } catch (IOException e) {
                    // The proxy was shut.
                    return;
                }
            }
        });
    }

    private synchronized void connect(ServerSocket at, Socket near) throws IOException {
        if (at.isClosed()) {
            near.close();
            return;
        }
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(near);
        sockets.add(far);
        threads.execute(() -> pump(near, far));
        threads.execute(() -> pump(far, near));
    }

    private synchronized void forget(Socket... gone) {
        sockets.removeAll(Set.of(gone));
    }

    private void pump(Socket from, Socket to) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            // One end is closed; the other is closed too.
        } finally {
            forget(from, to);
        }
    }

    @Override
    public void close() throws IOException {
        shut();
        threads.shutdownNow();
    }
}
