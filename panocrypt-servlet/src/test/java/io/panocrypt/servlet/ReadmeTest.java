package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's code for embedders compiles, and starts a second time over the store that it has filled. */
class ReadmeTest {
    private static final Path README = Path.of("..", "README.md");
    private static final String STORE = "new MemoryStore(InstantSource.system(), \"node-1\")";
    private static final String IMPORT = "import ";

    @TempDir
    Path directory;

    private final MemoryStore store = new MemoryStore(InstantSource.system(), "node-1");

    private static String snippet() throws IOException {
        String page = Files.readString(README);
        int start = page.indexOf("```java\n") + "```java\n".length();
        String snippet = page.substring(start, page.indexOf("```", start));
        assertTrue(
                snippet.lines().filter(line -> !line.startsWith(IMPORT)).count() <= 15,
                "an embedder has little to write");
        assertTrue(snippet.contains(STORE) && snippet.contains("Path.of("), snippet);
        // Uses the same store and the test's own folder, which lets the second start find what the first one left.
        return snippet.replace(STORE, "shared").replace("Path.of(", "directory.resolve(");
    }

    private static String lines(String snippet, boolean imports) {
        return snippet.lines()
                .filter(line -> line.startsWith(IMPORT) == imports)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private Method compiled() throws Exception {
        Path source = directory.resolve("Snippet.java");
        Files.writeString(
                source,
                lines(snippet(), true)
                        + "public class Snippet {\n"
                        + "public static String run(MemoryStore shared, Path directory) throws Exception {\n"
                        + lines(snippet(), false)
                        + "try (masterKey; panocrypt) { return tang.getClass().getSimpleName() + masterKey.fingerprint(); }"
                        + "}}");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        int result = compiler.run(null, output, output, "-proc:none", "-cp", path, source.toString());
        assertEquals(0, result, output.toString(StandardCharsets.UTF_8));
        URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()}, ReadmeTest.class.getClassLoader());
        return loader.loadClass("Snippet").getMethod("run", MemoryStore.class, Path.class);
    }

    @Test
    void theSnippetStartsTwice() throws Exception {
        Method run = compiled();
        String first = (String) run.invoke(null, store, directory);
        assertTrue(first.startsWith("TangServlet"), first);
        assertEquals(first, run.invoke(null, store, directory));
    }

    @Test
    void theDependencyIsOfThisVersion() throws Exception {
        String pom = Files.readString(Path.of("..", "pom.xml"));
        String version = pom.substring(pom.indexOf("<version>"), pom.indexOf("</version>"));
        assertTrue(
                Files.readString(README).contains("<artifactId>panocrypt-servlet</artifactId>\n    " + version),
                version);
    }

    @Test
    void aUsedStoreGetsNoSecondKey() throws Exception {
        compiled().invoke(null, store, directory);
        Path key = directory.resolve("master-key");
        Files.delete(key);
        assertThrows(IOException.class, () -> Panocrypt.openMasterKey(store, key, new SecureRandom()));
        assertTrue(Files.notExists(key));
    }
}
