package io.panocrypt.testkit.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The real tangd on a loopback port, with one process per connection as under systemd.
 *
 * <p>It has one rotated and one current key pair on P-521.
 */
final class DebianTangd implements AutoCloseable {

    static final String TANGD = "/usr/libexec/tangd";
    static final String KEYGEN = "/usr/libexec/tangd-keygen";

    private final Path keys;
    private final ServerSocket listener;
    private final Set<Process> processes = ConcurrentHashMap.newKeySet();
    private final Thread acceptor = new Thread(this::accept, "tangd-acceptor");

    private DebianTangd(Path keys, ServerSocket listener) {
        this.keys = keys;
        this.listener = listener;
    }

    static DebianTangd start(Path keys) throws IOException, InterruptedException {
        generate(keys);
        // A leading dot hides a key, as in tangd's own rotation.
        for (Path key : files(keys)) {
            Files.move(key, key.resolveSibling("." + key.getFileName()));
        }
        generate(keys);
        DebianTangd tangd = new DebianTangd(keys, new ServerSocket(0, 128, InetAddress.getLoopbackAddress()));
        tangd.acceptor.setDaemon(true);
        tangd.acceptor.start();
        return tangd;
    }

    private static void generate(Path keys) throws IOException, InterruptedException {
        Process keygen = new ProcessBuilder(KEYGEN, keys.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!keygen.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS) || keygen.exitValue() != 0) {
            keygen.destroyForcibly();
            throw new IOException("tangd-keygen made no keys");
        }
    }

    private static List<Path> files(Path keys) throws IOException {
        try (Stream<Path> files = Files.list(keys)) {
            return files.sorted().toList();
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    String hiddenSigningThumbprint() throws IOException {
        for (Path file : files(keys)) {
            JsonNode key = new ObjectMapper().readTree(file.toFile());
            if (file.getFileName().toString().startsWith(".")
                    && key.path("alg").asText().equals("ES512")) {
                return Advertisement.thumbprint(key, "SHA-256");
            }
        }
        throw new IOException("no hidden signing key in " + keys);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                Process process = new ProcessBuilder(TANGD, keys.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                processes.add(process);
                pump(socket.getInputStream(), process.getOutputStream(), () -> {});
                pump(process.getInputStream(), socket.getOutputStream(), () -> end(process, socket));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private static void pump(InputStream from, OutputStream to, Runnable atEnd) {
        Thread pump = new Thread(
                () -> {
                    copy(from, to);
                    atEnd.run();
                },
                "tangd-pump");
        pump.setDaemon(true);
        pump.start();
    }

    // Like a pipe: if one side is closed, the other is closed too, and this is not a fault.
    private static boolean copy(InputStream from, OutputStream to) {
        try (to) {
            byte[] buffer = new byte[8192];
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                to.write(buffer, 0, n);
                // The stream to a process is buffered.
                to.flush();
            }
            return true;
        } catch (IOException oneSideHasGone) {
            return false;
        }
    }

    private void end(Process process, Socket socket) {
        process.destroy();
        processes.remove(process);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        processes.forEach(Process::destroy);
    }
}
