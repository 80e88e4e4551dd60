package io.panocrypt.testkit.notify;

import io.panocrypt.testkit.support.TestTimeout;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A loopback port with a thread per connection, which can stop to listen and come back. */
final class Listener implements Closeable {
    /** Serves one connection; whatever it throws ends it. */
    interface Service {
        void serve(Socket socket) throws IOException;
    }

    private final Service service;
    private final int port;
    private final AtomicReference<ServerSocket> socket;
    private final AtomicReference<Thread> accepting = new AtomicReference<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();

    Listener(Service service) throws IOException {
        this.service = service;
        ServerSocket first = bind(0);
        this.port = first.getLocalPort();
        this.socket = new AtomicReference<>(first);
        listen(first);
    }

    int port() {
        return port;
    }

    /** How many connections came so far. */
    int accepted() {
        return accepted.get();
    }

    /** The kernel listens as long as a thread waits in accept, so that one is waited for. */
    void leave() throws IOException {
        socket.get().close();
        try {
            accepting.get().join(TestTimeout.MAX.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while it stops to listen");
        }
        if (accepting.get().isAlive()) {
            throw new IOException("it still listens");
        }
    }

    void comeBack() throws IOException {
        if (socket.get().isClosed()) {
            ServerSocket again = bind(port);
            socket.set(again);
            listen(again);
        }
    }

    private static ServerSocket bind(int port) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 64);
        return listener;
    }

    private void listen(ServerSocket listener) {
        accepting.set(daemon(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket connection = listener.accept();
                    accepted.incrementAndGet();
                    connections.add(connection);
                    daemon(() -> serve(connection));
                } catch (IOException closed) {
                    return;
                }
            }
        }));
    }

    private void serve(Socket connection) {
        try (connection) {
            service.serve(connection);
        } catch (IOException theOtherEndHasGone) {
            return;
        } finally {
            connections.remove(connection);
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "receiver");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() throws IOException {
        leave();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
