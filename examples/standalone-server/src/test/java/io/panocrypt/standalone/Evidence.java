package io.panocrypt.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Collects what a site shows to anybody: answers, output, logs, files, and what the host shows of its processes. */
final class Evidence implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * All that the server and its libraries log. Jetty quotes whole requests at its debug level, which is why it is
     * quiet by default; a test of its own shows that.
     */
    private static final String LOGGING = """
            handlers = java.util.logging.ConsoleHandler
            .level = ALL
            io.panocrypt.level = ALL
            org.eclipse.jetty.level = %s
            java.util.logging.ConsoleHandler.level = ALL
            java.util.logging.SimpleFormatter.format = %%1$tFT%%1$tT %%4$s %%3$s %%5$s%%6$s%%n
            """;

    private final SecretScan scan = new SecretScan();
    private final List<Place> places = new ArrayList<>();
    private final Set<String> processes = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path folder;
    private final Path logging;
    private final Map<String, String> environment;
    private final List<Process> servers = new ArrayList<>();

    /**
     * @param folder for logs; made here
     * @param environment of the servers
     * @param jetty the log level of the web server
     */
    Evidence(Path folder, Map<String, String> environment, String jetty) throws IOException {
        this.folder = Files.createDirectory(folder);
        this.environment = environment;
        this.logging = Files.writeString(folder.resolve("logging.properties"), LOGGING.formatted(jetty));
        var unused = sampler.scheduleWithFixedDelay(this::sample, 0, 20, TimeUnit.MILLISECONDS);
    }

    /** Where a secret may show, with the beginnings of the names of those that are meant to. */
    private record Place(String name, byte[] content, List<String> meant) {}

    /** An answer, which may hold one secret on purpose. */
    record Reply(int status, String body, List<String> meant, SecretScan scan) {
        JsonNode json() throws IOException {
            return JSON.readTree(body);
        }

        Reply ok() {
            if (status / 100 != 2) {
                throw new AssertionError(status + " " + body);
            }
            return this;
        }

        /** Reads a secret that this answer shows once; from now on it is looked for everywhere else. */
        String secret(String name, String pointer) throws IOException {
            String secret = ok().json().at(pointer).asText();
            scan.text(name, secret);
            meant.add(name);
            return secret;
        }
    }

    SecretScan secrets() {
        return scan;
    }

    private List<String> add(String name, byte[] content, String... meant) {
        List<String> allowed = new ArrayList<>(List.of(meant));
        places.add(new Place(name, content, allowed));
        return allowed;
    }

    /** Calls the site and keeps the answer, headers included. */
    Reply call(String name, String method, String url, String body, List<String> headers, String... meant)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .timeout(TestTimeout.MAX)
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.size(); i += 2) {
            request.header(headers.get(i), headers.get(i + 1));
        }
        HttpResponse<byte[]> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes((answer.statusCode() + " " + answer.headers().map()).getBytes(StandardCharsets.UTF_8));
        all.writeBytes(answer.body());
        List<String> allowed = add(name, all.toByteArray(), meant);
        return new Reply(answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8), allowed, scan);
    }

    /** Sends bytes that no client would, and keeps what comes back. */
    String raw(String name, URI server, String request) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout((int) TestTimeout.MAX.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            byte[] answer = socket.getInputStream().readAllBytes();
            add(name, answer);
            return new String(answer, StandardCharsets.ISO_8859_1);
        }
    }

    /** Runs a command in a process of its own and keeps what it prints. */
    Tool.Result command(String name, byte[] input, List<String> meant, String... arguments) {
        List<String> command = Tool.java("-Djava.util.logging.config.file=" + logging);
        command.addAll(List.of(arguments));
        Tool.Result result = Tool.run(input, command);
        add(name + ": output", result.output(), meant.toArray(String[]::new));
        add(name + ": errors", result.errors().getBytes(StandardCharsets.UTF_8));
        return result;
    }

    /** Starts a server and waits for a line of its output; what it prints and logs is kept. */
    Server serve(String name, String until, String... options) throws IOException {
        List<String> command = Tool.java("-Djava.util.logging.config.file=" + logging);
        command.addAll(List.of("serve", "--listen", "127.0.0.1:0"));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(folder.resolve(name + ".log").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        servers.add(process);
        return new Server(name, process, until);
    }

    /** A server process. */
    final class Server {
        private final String name;
        private final Process process;
        private final BufferedReader out;
        private final StringBuilder printed = new StringBuilder();
        private final String url;

        private Server(String name, Process process, String until) throws IOException {
            this.name = name;
            this.process = process;
            this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            this.url = await(until);
        }

        String url() {
            return url;
        }

        /** Waits for the next line that begins so, and returns the rest of it. */
        String await(String beginning) throws IOException {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                printed.append(line).append('\n');
                if (line.startsWith(beginning)) {
                    return line.substring(beginning.length());
                }
            }
            throw new IOException(name + " ended: " + printed + Files.readString(folder.resolve(name + ".log")));
        }

        /** Terminates the server. */
        void stop() throws IOException, InterruptedException {
            // Process.destroy would also close the stream, with what the server prints last.
            process.toHandle().destroy();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                printed.append(line).append('\n');
            }
            if (!process.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(name + " did not end");
            }
            add(name + ": output", printed.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Command lines and environments of all processes below this one. */
    private void sample() {
        ProcessHandle.current().descendants().forEach(process -> {
            for (String file : List.of("cmdline", "environ")) {
                try {
                    byte[] content = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), file));
                    processes.add(file + ":" + new String(content, StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    // It has ended.
                }
            }
        });
    }

    String log(String server) throws IOException {
        return Files.readString(folder.resolve(server + ".log"));
    }

    /** Writes a line into a server's log, as a careless line of code would. */
    void plant(String server, String text) throws IOException {
        Files.writeString(folder.resolve(server + ".log"), text + "\n", StandardOpenOption.APPEND);
    }

    /** Keeps all files below a folder, but those of these names. */
    void files(Path below, Set<String> except, String... meant) throws IOException {
        try (Stream<Path> all = Files.walk(below)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                if (!except.contains(file.getFileName().toString())) {
                    add(below.relativize(file).toString(), Files.readAllBytes(file), meant);
                }
            }
        }
    }

    void keep(String name, byte[] content) {
        add(name, content);
    }

    boolean sawCommandLine(String part) {
        return processes.stream().anyMatch(process -> process.startsWith("cmdline:") && process.contains(part));
    }

    /** What shows where it must not: a line for each secret and place. */
    List<String> leaks() throws IOException {
        List<String> leaks = new ArrayList<>();
        List<Place> all = new ArrayList<>(places);
        try (Stream<Path> logs = Files.list(folder)) {
            for (Path log : logs.toList()) {
                all.add(new Place(log.getFileName().toString(), Files.readAllBytes(log), List.of()));
            }
        }
        processes.forEach(process -> all.add(new Place(
                process.substring(0, process.indexOf(':')), process.getBytes(StandardCharsets.ISO_8859_1), List.of())));
        for (Place place : all) {
            scan.find(place.content()).stream()
                    .filter(secret -> place.meant().stream().noneMatch(secret::startsWith))
                    .forEach(secret -> leaks.add(secret + " in " + place.name()));
        }
        return leaks.stream().distinct().sorted().toList();
    }

    @Override
    public void close() {
        servers.forEach(Process::destroyForcibly);
        sampler.shutdownNow();
    }
}
