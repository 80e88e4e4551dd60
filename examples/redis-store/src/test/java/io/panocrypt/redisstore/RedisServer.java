package io.panocrypt.redisstore;

import io.panocrypt.testkit.support.LowPorts;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A redis-server on loopback, started by the test, with its files in a folder of the test. */
final class RedisServer implements AutoCloseable {
    private static final List<String> DURABLE = List.of("--appendonly", "yes", "--appendfsync", "always", "--save", "");
    private static final int MAX_STARTS = 5;

    private final Path folder;
    private final List<String> options;
    private int port;
    private Process process;

    private RedisServer(Path folder, List<String> options) throws IOException {
        this.folder = folder;
        this.options = options;
        this.process = startOnFreePort();
    }

    static RedisServer durable(Path folder) throws IOException {
        return with(folder, DURABLE);
    }

    static RedisServer with(Path folder, List<String> options) throws IOException {
        return new RedisServer(folder, options);
    }

    URI address() {
        return address(port);
    }

    static URI address(int port) {
        return URI.create("redis://127.0.0.1:" + port);
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /** Sends one command with redis-cli, which is installed with the server. */
    void command(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("redis-cli", "-e", "-p", String.valueOf(port)));
        command.addAll(List.of(words));
        Process client = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (client.waitFor() != 0) {
            throw new IOException(words[0] + ": " + said);
        }
    }

    /** Kills the process like a crash: nothing is flushed. */
    void kill() {
        process.destroyForcibly()
                .onExit()
                .orTimeout(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    /** Restarts it on the same port with the same files. */
    void startAgain() throws IOException {
        startAgain(options);
    }

    /** Restarts it with other settings. */
    void startAgain(List<String> others) throws IOException {
        process = start(others);
    }

    private Process startOnFreePort() throws IOException {
        for (int starts = 1; ; starts++) {
            port = LowPorts.free();
            try {
                return start(options);
            } catch (IOException e) {
                if (starts == MAX_STARTS) {
                    throw e;
                }
            }
        }
    }

    private Process start(List<String> settings) throws IOException {
        List<String> command = new ArrayList<>(List.of("redis-server", "--bind", "127.0.0.1", "--port"));
        command.addAll(List.of(String.valueOf(port), "--dir", folder.toString(), "--daemonize", "no"));
        command.addAll(settings);
        Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> said = new ArrayList<>();
        BufferedReader lines = started.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            said.add(line);
            if (line.contains("Ready to accept connections")) {
                drain(lines);
                return started;
            }
        }
        throw new IOException("redis-server did not start: " + said);
    }

    /** Reads the log, so the server never blocks on writing it. */
    private static void drain(BufferedReader lines) {
        Thread drain = new Thread(() -> lines.lines().forEach(line -> {}), "redis-log");
        drain.setDaemon(true);
        drain.setUncaughtExceptionHandler((thread, closedWithTheProcess) -> {});
        drain.start();
    }

    @Override
    public void close() {
        kill();
    }
}
