package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code about databases in docs/embedding.md compiles, and opens a service on PostgreSQL and a store on SQLite. */
class YourDatabaseTest {
    private static final Path PAGE = Path.of(System.getProperty("panocrypt.root"), "docs", "embedding.md");

    @TempDir
    private Path folder;

    private static List<String> snippets() throws IOException {
        String section = Files.readString(PAGE).split("\n## Your database\n")[1].split("\n## ")[0];
        return Stream.of(section.split("```java\n"))
                .skip(1)
                .map(part -> part.split("```")[0])
                .toList();
    }

    private static String lines(List<String> snippets, boolean imports) {
        return snippets.stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("import ") == imports)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private Class<?> compiled() throws Exception {
        List<String> snippets = snippets();
        assertEquals(2, snippets.size());
        Path source = folder.resolve("Snippet.java");
        Files.writeString(
                source,
                Stream.of(
                                lines(snippets, true),
                                "public class Snippet {",
                                "public static void run(String jdbcUrl, java.nio.file.Path keyFile,"
                                        + " java.nio.file.Path sqliteFile) throws Exception {",
                                lines(snippets, false),
                                "panocrypt.unreadyReason().ifPresent(why -> { throw new AssertionError(why); });",
                                "panocrypt.close(); store.close(); pool.close(); key.close(); file.close();",
                                "}}")
                        .collect(Collectors.joining("\n")));
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, output, output, "-proc:none", "-cp", path, source.toString());
        assertEquals(0, result, output.toString(StandardCharsets.UTF_8));
        URL[] classes = {folder.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
            return loader.loadClass("Snippet");
        }
    }

    @Test
    void theSnippetsRun() throws Exception {
        String schema = PostgresqlServer.get().newSchema();
        Path file = folder.resolve("panocrypt.db");
        try {
            compiled()
                    .getMethod("run", String.class, Path.class, Path.class)
                    .invoke(null, PostgresqlServer.get().url(schema), folder.resolve("master-key"), file);
        } finally {
            PostgresqlServer.get().drop(schema);
        }
        assertTrue(Files.size(file) > 0);
    }
}
