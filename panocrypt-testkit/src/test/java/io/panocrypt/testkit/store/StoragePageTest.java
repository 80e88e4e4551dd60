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
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** The test class shown on the page for store authors compiles, and runs the contract. */
class StoragePageTest {
    @TempDir
    private Path directory;

    private static String shown() throws IOException {
        String page = Files.readString(Path.of(System.getProperty("panocrypt.root"), "docs", "storage-spi.md"));
        int start = page.indexOf("```java\n") + "```java\n".length();
        return page.substring(start, page.indexOf("```", start));
    }

    @Test
    void theTestClassRunsTheContract() throws Exception {
        Path source = Files.writeString(directory.resolve("MyStoreTest.java"), shown());
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, told, told, "-proc:none", "-cp", path, source.toString());
        assertEquals(0, result, told.toString(StandardCharsets.UTF_8));
        URL[] compiled = {directory.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(compiled, getClass().getClassLoader())) {
            Events tests = EngineTestKit.engine("junit-jupiter")
                    .selectors(DiscoverySelectors.selectClass(loader.loadClass("MyStoreTest")))
                    .execute()
                    .testEvents();
            assertEquals(0, tests.failed().count());
            assertTrue(tests.succeeded().count() > 10, "the contract's tests have run");
        }
    }
}
