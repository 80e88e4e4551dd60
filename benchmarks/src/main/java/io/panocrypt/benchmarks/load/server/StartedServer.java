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
 * Our server in a process of its own, as the launcher starts it; closing it ends it as an administrator does.
 *
 * @param process the server, since the launcher becomes it
 * @param url where devices ask, and operators too
 * @param starting how long it took until it served
 */
public record StartedServer(Process process, String url, Duration starting) implements AutoCloseable {
    private static final String READY = "ready ";
    private static final int TIMEOUT_SECONDS = 30;

    /**
     * Starts it, and waits until it serves.
     *
     * @param launcher the script at the root of the repository
     * @param log where its log goes
     * @param options behind {@code serve}
     */
    public static StartedServer start(Path launcher, Path log, List<String> options) throws IOException {
        return start(launcher, log, options, Map.of());
    }

    /** The same with more in its environment. */
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
        throw new IOException("our server did not become ready; its log says why");
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
