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

/**
 * A server on a loopback port with one thread per connection. It can stop listening and start again on the same port.
 */
final class Listener implements Closeable {
    /** Serves one connection; an exception closes it. */
    interface Service {
        void serve(Socket socket) throws IOException;
    }

    private final Service service;
    private final int port;
    private ServerSocket socket;
    private Thread accepting;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();

    Listener(Service service) throws IOException {
        this.service = service;
        this.socket = bind(0);
        this.port = socket.getLocalPort();
        this.accepting = listen(socket);
    }

    int port() {
        return port;
    }

    /** How many connections came so far. */
    int accepted() {
        return accepted.get();
    }

    /** Waits for the accepting thread, since the kernel listens as long as it is in accept. */
    synchronized void leave() throws IOException {
        socket.close();
        try {
            accepting.join(TestTimeout.MAX.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while stopping to listen");
        }
        if (accepting.isAlive()) {
            throw new IOException("it still listens");
        }
    }

    synchronized void comeBack() throws IOException {
        if (socket.isClosed()) {
            socket = bind(port);
            accepting = listen(socket);
        }
    }

    private static ServerSocket bind(int port) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 64);
        return listener;
    }

    private Thread listen(ServerSocket listener) {
        return daemon(() -> {
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
        });
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
