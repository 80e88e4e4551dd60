package io.panocrypt.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The server as a separate process on a data directory, with a client for operators. */
final class ServerProcess implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LOGGING = "java.util.logging.config.file";

    private final Process process;
    private final Path data;
    private final List<String> announced;
    private final String url;
    private final String adminUrl;
    private final HttpClient http = HttpClient.newHttpClient();

    private ServerProcess(Process process, Path data, List<String> announced) {
        this.process = process;
        this.data = data;
        this.announced = announced;
        this.url = announced.get(announced.size() - 1).substring("ready ".length());
        this.adminUrl = announced.stream()
                .filter(line -> line.startsWith("next: "))
                .map(line -> line.replaceFirst(".* --url ", "").replaceFirst(" .*", ""))
                .findFirst()
                .orElse(url);
    }

    /** Starts {@code serve} on the directory and port (0: a free one), and waits until it is ready. */
    static ServerProcess serve(Path data, int port, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of("--data", data.toString()));
        options.addAll(List.of(more));
        return start(data, port, options, ProcessBuilder.Redirect.INHERIT);
    }

    /** Starts {@code serve} on the directory and port (0: a free one), with further variables in its environment. */
    static ServerProcess serveIn(Map<String, String> environment, Path data, int port, String... more)
            throws IOException {
        List<String> options = new ArrayList<>(List.of("--data", data.toString()));
        options.addAll(List.of(more));
        return start(environment, data, port, options, ProcessBuilder.Redirect.INHERIT);
    }

    /** Starts {@code serve} on the directory and a free port, with its log in a file. */
    static ServerProcess serveLoggingTo(Path log, Path data, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of("--data", data.toString()));
        options.addAll(List.of(more));
        return start(data, 0, options, ProcessBuilder.Redirect.appendTo(log.toFile()));
    }

    /** Starts {@code serve --tang-dir} on a free port. */
    static ServerProcess serveTang(Path keys, String... more) throws IOException {
        return serveTang(keys, 0, more);
    }

    /** Starts {@code serve --tang-dir} on the port. */
    static ServerProcess serveTang(Path keys, int port, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of("--tang-dir", keys.toString()));
        options.addAll(List.of(more));
        return start(keys, port, options, ProcessBuilder.Redirect.INHERIT);
    }

    private static ServerProcess start(Path data, int port, List<String> options, ProcessBuilder.Redirect log)
            throws IOException {
        return start(Map.of(), data, port, options, log);
    }

    private static ServerProcess start(
            Map<String, String> environment, Path data, int port, List<String> options, ProcessBuilder.Redirect log)
            throws IOException {
        List<String> command = Tool.java();
        command.addAll(List.of("serve", "--listen", "127.0.0.1:" + port));
        command.addAll(options);
        String quiet = System.getProperty(LOGGING);
        if (quiet != null && log == ProcessBuilder.Redirect.INHERIT) {
            // Tests that read a server's log use a file; in Maven's output the log would only hide what matters.
            command.add(1, "-D" + LOGGING + "=" + quiet);
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log);
        builder.environment().putAll(environment);
        Process process = builder.start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        List<String> lines = new ArrayList<>();
        String line = out.readLine();
        while (line != null) {
            lines.add(line);
            if (line.startsWith("ready ")) {
                return new ServerProcess(process, data, lines);
            }
            line = out.readLine();
        }
        throw new IOException("the server ended before it was ready: " + lines);
    }

    String url() {
        return url;
    }

    /** The base URL for operators, as printed at the first start. */
    String adminUrl() {
        return adminUrl;
    }

    int port() {
        return URI.create(url).getPort();
    }

    /** The lines printed up to the one that reports readiness. */
    List<String> announced() {
        return announced;
    }

    /** Calls REST with the token of the data directory. */
    Answer call(String method, String path, String body, String... headers) {
        try {
            return callAs(Files.readString(data.resolve("admin-token")).strip(), method, path, body, headers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Calls REST with a member's token. */
    Answer callAs(String token, String method, String path, String body, String... headers) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(adminUrl + "/api/v1" + path))
                    .header("Authorization", "Bearer " + token)
                    // A stopping server would wait for an idle connection.
                    .version(HttpClient.Version.HTTP_1_1)
                    .header("Connection", "close")
                    .method(method, HttpRequest.BodyPublishers.ofString(body));
            for (int i = 0; i < headers.length; i += 2) {
                request.header(headers[i], headers[i + 1]);
            }
            HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** An answer of the REST interface. */
    record Answer(int status, JsonNode json) {
        /** The body of a successful answer. */
        JsonNode ok() {
            if (status / 100 != 2) {
                throw new AssertionError(status + " " + json);
            }
            return json;
        }
    }

    /** Terminates the server like an init system; returns the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        return waitFor();
    }

    /** Kills the server like a power cut. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        waitFor();
    }

    private int waitFor() throws InterruptedException {
        if (!process.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the server did not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
