package io.panocrypt.standalone;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;

/** Debian's tangd on a free loopback port, with one process per connection as under systemd. */
final class StockTangd implements AutoCloseable {
    static final String TANGD = "/usr/libexec/tangd";
    static final String KEYGEN = "/usr/libexec/tangd-keygen";

    private final Path keys;
    private final ServerSocket listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());

    /** @param keys its directory of keys */
    StockTangd(Path keys) throws IOException {
        this.keys = keys;
        start("tangd-acceptor", () -> {
            while (true) {
                Socket client = listener.accept();
                start("tangd-connection", () -> serve(client));
            }
        });
    }

    int port() {
        return listener.getLocalPort();
    }

    private interface Work {
        void run() throws IOException;
    }

    /** Ends with the first fault: one side has closed its end. */
    private static void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket client) throws IOException {
        Process tangd = new ProcessBuilder(TANGD, keys.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (client) {
            start("tangd-answers", () -> copy(tangd.getInputStream(), client.getOutputStream()));
            copy(client.getInputStream(), tangd.getOutputStream());
        } finally {
            tangd.destroy();
        }
    }

    /** The stream to a process is buffered, so each part is flushed. */
    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] part = new byte[8192];
        for (int length = from.read(part); length >= 0; length = from.read(part)) {
            to.write(part, 0, length);
            to.flush();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
