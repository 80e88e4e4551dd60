package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code in docs/embedding.md compiles, section by section, given what a section says is the reader's own. */
class EmbeddingPageTest {
    private static final Path PAGE = Path.of("..", "docs", "embedding.md");

    @TempDir
    Path directory;

    private static List<String> snippets(String title) throws Exception {
        String section = Files.readString(PAGE).split("\n## " + title + "\n")[1].split("\n## ")[0];
        List<String> snippets = new ArrayList<>();
        for (String part : section.split("```java\n")) {
            snippets.add(part.split("```")[0]);
        }
        return snippets.subList(1, snippets.size());
    }

    private static String lines(List<String> snippets, boolean imports) {
        return snippets.stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("import ") == imports)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** Compiles the section's snippets, one after another in one method. */
    private void compile(String title, int number, String own, String parameters) throws Exception {
        List<String> snippets = snippets(title);
        assertEquals(number, snippets.size(), title);
        Path source = directory.resolve("Snippet.java");
        Files.writeString(
                source,
                Stream.of(
                                lines(snippets, true),
                                "class Snippet {",
                                own,
                                "static void run(" + parameters + ") {",
                                lines(snippets, false),
                                "}}")
                        .collect(Collectors.joining("\n")));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        int result = compiler.run(null, output, output, "-proc:none", "-cp", path, source.toString());
        assertEquals(0, result, output.toString(StandardCharsets.UTF_8));
    }

    /** The page's program in a process of its own, in the test's folder and on a free port. */
    private Process started(int port) throws Exception {
        Path source = Files.createDirectories(directory.resolve("com/example")).resolve("Unlocking.java");
        Files.writeString(source, snippets("A project from nothing").get(0).replace("8080", Integer.toString(port)));
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        path,
                        source.toString())
                .directory(directory.toFile())
                .redirectError(directory.resolve("errors").toFile())
                .start();
    }

    private String firstLine(Process program) throws Exception {
        Thread limit = new Thread(() -> {
            try {
                if (!program.waitFor(2, TimeUnit.MINUTES)) {
                    program.destroyForcibly();
                }
            } catch (InterruptedException finished) {
                Thread.currentThread().interrupt();
            }
        });
        limit.start();
        String line = program.inputReader().readLine();
        limit.interrupt();
        return line;
    }

    @Test
    void aProjectFromNothing() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        List<String> commands = new ArrayList<>();
        for (int start = 1; start <= 2; start++) {
            Process program = started(port);
            try {
                String command = firstLine(program);
                assertNotNull(command, () -> errors());
                commands.add(command);
                String url = command.split("\"url\":\"")[1].split("\"")[0];
                assertEquals(200, status(url + "/adv/"));
            } finally {
                program.destroy();
                program.waitFor();
            }
        }
        assertEquals(commands.get(0), commands.get(1));
    }

    private static int status(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private String errors() {
        try {
            return Files.readString(directory.resolve("errors"));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    @Test
    void itsVersionsAreThoseOfTheBuild() throws Exception {
        String build = Files.readString(Path.of("..", "pom.xml"));
        String section =
                Files.readString(PAGE).split("\n## A project from nothing\n")[1].split("\n## ")[0];
        for (String property : List.of("jetty.version", "sqlite.version")) {
            String version = build.split("<" + property + ">")[1].split("<")[0];
            assertTrue(section.contains("<version>" + version + "</version>"), property);
        }
        assertTrue(section.contains("<version>" + build.split("<version>")[1].split("<")[0] + "</version>"), "own");
    }

    @Test
    void yourUsers() throws Exception {
        compile(
                "Your users",
                2,
                "static String signedIn(jakarta.servlet.http.HttpServletRequest request) {"
                        + " return request.getRemoteUser(); }",
                "io.panocrypt.policy.Panocrypt panocrypt, jakarta.servlet.ServletContext servletContext");
    }

    @Test
    void yourRules() throws Exception {
        compile("Your rules", 1, "", "io.panocrypt.policy.Panocrypt.Builder builder");
    }

    @Test
    void yourAlerts() throws Exception {
        compile(
                "Your alerts",
                3,
                "interface Pager { boolean page(String user, String text, String id); } static Pager pager;",
                "io.panocrypt.policy.Panocrypt.Builder builder");
    }
}
