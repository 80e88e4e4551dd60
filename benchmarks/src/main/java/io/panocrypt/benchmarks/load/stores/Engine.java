package io.panocrypt.benchmarks.load.stores;

import io.panocrypt.benchmarks.load.server.ProcessTree;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A started database process on a loopback port.
 *
 * @param process ended by {@link #close}
 */
record Engine(Process process) implements AutoCloseable {
    private static final int TIMEOUT_SECONDS = 20;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** The program with that name on the path; empty if it is not installed. */
    static Optional<Path> program(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts a program, and returns when it accepts connections.
     *
     * @param log where its output goes
     * @throws IOException if it does not within 20 s
     */
    static Engine start(List<String> command, int port, Path log) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // etcd takes its options from there as well.
        builder.environment().keySet().removeIf(name -> name.startsWith("ETCD_"));
        Engine engine = new Engine(builder.start());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (engine.process.isAlive() && System.nanoTime() - end < 0) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return engine;
            } catch (ConnectException e) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        engine.close();
        throw new IOException(command.get(0) + " does not listen: " + Files.readString(log));
    }

    ProcessTree processes() {
        return new ProcessTree(process.toHandle());
    }

    /** Terminates the process; kills it after 20 s. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
