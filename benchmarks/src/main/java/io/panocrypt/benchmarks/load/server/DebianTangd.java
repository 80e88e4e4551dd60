package io.panocrypt.benchmarks.load.server;

import io.panocrypt.benchmarks.load.client.Binding;
import io.panocrypt.benchmarks.load.client.Exchange;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts Debian's tangd like its socket unit, with one process per connection. This favours tangd: systemd creates no
 * unit per process, and nobody writes its log.
 */
public final class DebianTangd {
    private static final Path TANGD = Path.of("/usr/libexec/tangd");
    private static final Path ACTIVATE = Path.of("/usr/bin/systemd-socket-activate");
    private static final long TIMEOUT_SECONDS = 10;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private DebianTangd() {}

    public static boolean isInstalled() {
        return Files.isExecutable(TANGD) && Files.isExecutable(ACTIVATE);
    }

    /** @param folder where tangd creates its keys */
    public static LoadedServer start(HttpClient http, Path folder) throws Exception {
        Path keys = Files.createDirectories(folder.resolve("tangd-keys"));
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort());
        ProcessBuilder builder = new ProcessBuilder(
                        ACTIVATE.toString(),
                        "--listen=127.0.0.1:" + address.getPort(),
                        "--accept",
                        "--inetd",
                        TANGD.toString(),
                        keys.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        // The default level logs a line per connection, which would slow tangd down.
        builder.environment().put("SYSTEMD_LOG_LEVEL", "warning");
        Process process = builder.start();
        try {
            awaitListener(process, address);
            Binding binding = new Binding(http);
            List<Exchange> exchanges = new ArrayList<>();
            for (int i = 0; i < OwnServer.DEVICES; i++) {
                exchanges.add(binding.at("http://127.0.0.1:" + address.getPort()));
            }
            return new Running(process, address, exchanges);
        } catch (Exception e) {
            process.destroy();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitListener(Process process, InetSocketAddress address) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (process.isAlive() && System.nanoTime() < end) {
            try (Socket socket = new Socket()) {
                socket.connect(address);
                return;
            } catch (ConnectException e) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        throw new IOException("tangd does not listen");
    }
}
