package io.panocrypt.testkit.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A proxy that can drop all data without closing a connection, like a host that lost power. */
final class SilentProxy implements AutoCloseable {
    private static final int BUFFER = 8_192;

    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final int target;

    /** Write-locked while nothing passes. */
    private final ReentrantReadWriteLock passing = new ReentrantReadWriteLock();

    SilentProxy(int target) throws IOException {
        this.target = target;
        threads.execute(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /** Drops all data from now on. The same thread must end it. */
    void fallSilent() {
        passing.writeLock().lock();
    }

    void speak() {
        passing.writeLock().unlock();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket near = door.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.addAll(List.of(near, far));
                threads.execute(() -> pump(near, far));
                threads.execute(() -> pump(far, near));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                pass(out, buffer, length);
            }
            // The end of a stream is not forwarded while nothing passes.
            pass(out, buffer, 0);
        } catch (IOException e) {
            // One end is closed.
        }
    }

    private void pass(OutputStream out, byte[] buffer, int length) throws IOException {
        passing.readLock().lock();
        try {
            out.write(buffer, 0, length);
            out.flush();
        } finally {
            passing.readLock().unlock();
        }
    }

    @Override
    public void close() throws IOException {
        if (passing.isWriteLockedByCurrentThread()) {
            speak();
        }
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
