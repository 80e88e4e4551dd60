package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's code for embedders compiles, and starts a second time over the database that it has filled. */
class ReadmeTest {
    private static final Path README = Path.of("..", "README.md");
    private static final String IMPORT = "import ";

    @TempDir
    Path directory;

    private static String snippet(int number) throws IOException {
        return Files.readString(README).split("```java\n")[number].split("```")[0];
    }

    private static String service() throws IOException {
        String snippet = snippet(1);
        assertTrue(
                snippet.lines().filter(line -> !line.startsWith(IMPORT)).count() <= 15,
                "an embedder has little to write");
        assertTrue(snippet.contains("Path.of("), snippet);
        // Uses the test's own folder, in which the second start finds what the first one left.
        return snippet.replace("Path.of(", "directory.resolve(");
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
                lines(service(), true)
                        + lines(snippet(2), true)
                        + "public class Snippet {\n"
                        + "public static String run(Path directory, jakarta.servlet.ServletContext servletContext)"
                        + " throws Exception {\n"
                        + lines(service(), false)
                        + "try (store; masterKey; panocrypt) {\n"
                        + lines(snippet(2), false)
                        + "return panocrypt.devices().unlockUrl(device); }"
                        + "}}");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        int result = compiler.run(null, output, output, "-proc:none", "-cp", path, source.toString());
        assertEquals(0, result, output.toString(StandardCharsets.UTF_8));
        URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()}, ReadmeTest.class.getClassLoader());
        return loader.loadClass("Snippet").getMethod("run", Path.class, ServletContext.class);
    }

    /** A device keeps its URL, to which disks are bound. */
    @Test
    void theSnippetStartsTwice() throws Exception {
        Method run = compiled();
        ServletContextHandler host = new ServletContextHandler("/");
        String first = (String) run.invoke(null, directory, host.getServletContext());
        assertEquals(
                "panocrypt /u/*",
                host.getServletHandler().getServletMapping("/u/*").getServletName());
        assertTrue(first.startsWith("http://192.0.2.10/u/"), first);
        assertEquals(first, run.invoke(null, directory, new ServletContextHandler("/").getServletContext()));
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
    void theDriverIsOfThisVersion() throws Exception {
        String pom = Files.readString(Path.of("..", "pom.xml"));
        String version = pom.split("<sqlite.version>")[1].split("<")[0];
        String driver = "<artifactId>sqlite-jdbc</artifactId>\n    <version>" + version + "<";
        assertTrue(Files.readString(README).contains(driver), driver);
    }

    @Test
    void aUsedStoreGetsNoSecondKey() throws Exception {
        Method run = compiled();
        run.invoke(null, directory, new ServletContextHandler("/").getServletContext());
        Path key = directory.resolve("master-key");
        Files.delete(key);
        InvocationTargetException refused = assertThrows(
                InvocationTargetException.class,
                () -> run.invoke(null, directory, new ServletContextHandler("/").getServletContext()));
        assertInstanceOf(IOException.class, refused.getCause());
        assertTrue(Files.notExists(key));
    }
}
