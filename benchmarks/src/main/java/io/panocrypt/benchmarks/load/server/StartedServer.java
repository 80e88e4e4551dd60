package io.panocrypt.benchmarks.load.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Our server, started by the launcher. {@link #close} sends SIGTERM, like an administrator.
 *
 * @param process the server; the launcher has become it
 * @param url the base URL for devices and operators
 * @param starting the time from start to readiness
 */
public record StartedServer(Process process, String url, Duration starting) implements AutoCloseable {
    private static final String READY = "ready ";
    private static final int TIMEOUT_SECONDS = 30;

    /**
     * Starts the server and waits until it is ready.
     *
     * @param launcher the script {@code panocrypt} at the root of the repository
     * @param log the log file
     * @param options the options of {@code serve}
     */
    public static StartedServer start(Path launcher, Path log, List<String> options) throws IOException {
        return start(launcher, log, options, Map.of());
    }

    /** Starts the server with additional environment variables. */
    public static StartedServer start(Path launcher, Path log, List<String> options, Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString(), "serve", "--listen", "127.0.0.1:0"));
        command.addAll(options);
        Files.createDirectories(log.toAbsolutePath().getParent());
        long start = System.nanoTime();
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            String url = readyUrl(process);
            return new StartedServer(process, url, Duration.ofNanos(System.nanoTime() - start));
        } catch (IOException e) {
            process.destroy();
            throw e;
        }
    }

    private static String readyUrl(Process process) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(READY)) {
                return line.substring(READY.length()).strip();
            }
        }
        throw new IOException("our server did not become ready; see its log");
    }

    public InetSocketAddress address() {
        URI uri = URI.create(url);
        return new InetSocketAddress(uri.getHost(), uri.getPort());
    }

    public ProcessTree processes() {
        return new ProcessTree(process.toHandle());
    }

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
