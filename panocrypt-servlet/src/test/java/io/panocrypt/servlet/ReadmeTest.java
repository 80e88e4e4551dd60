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
import java.util.ArrayList;
import java.util.List;
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

    private static String snippet(int number) throws IOException {
        return Files.readString(README).split("```java\n")[number].split("```")[0];
    }

    private static String service() throws IOException {
        String snippet = snippet(1);
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
                "import java.util.List;\n"
                        + lines(service(), true)
                        + lines(snippet(2), true)
                        + "public class Snippet {\n"
                        + "public static String run(MemoryStore shared, Path directory, List<String> urls) throws Exception {\n"
                        + lines(service(), false)
                        + "try (masterKey; panocrypt) { if (urls.isEmpty()) {\n"
                        + lines(snippet(2), false)
                        + "urls.add(url); } return tang.getClass().getSimpleName() + masterKey.fingerprint(); }"
                        + "}}");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        int result = compiler.run(null, output, output, "-proc:none", "-cp", path, source.toString());
        assertEquals(0, result, output.toString(StandardCharsets.UTF_8));
        URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()}, ReadmeTest.class.getClassLoader());
        return loader.loadClass("Snippet").getMethod("run", MemoryStore.class, Path.class, List.class);
    }

    @Test
    void theSnippetStartsTwice() throws Exception {
        Method run = compiled();
        List<String> urls = new ArrayList<>();
        String first = (String) run.invoke(null, store, directory, urls);
        assertTrue(first.startsWith("TangServlet"), first);
        assertEquals(first, run.invoke(null, store, directory, urls));
        assertEquals(1, urls.size());
        assertTrue(urls.get(0).startsWith("http://192.0.2.10/u/"), urls.toString());
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
        compiled().invoke(null, store, directory, new ArrayList<>());
        Path key = directory.resolve("master-key");
        Files.delete(key);
        assertThrows(IOException.class, () -> Panocrypt.openMasterKey(store, key, new SecureRandom()));
        assertTrue(Files.notExists(key));
    }
}
