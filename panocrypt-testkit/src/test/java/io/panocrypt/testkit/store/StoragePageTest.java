package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.testkit.entry.EntryStoreContract;
import io.panocrypt.testkit.entry.EntryStoreFixture;
import io.panocrypt.testkit.entry.SharedMemoryFixture;
import io.panocrypt.testkit.support.MutableClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** The test class on the page for store authors compiles and runs the contract; its other code is the example's. */
class StoragePageTest {
    @TempDir
    private Path directory;

    private static final Path ROOT = Path.of(System.getProperty("panocrypt.root"));

    private static List<String> shown(String beginning) throws IOException {
        String page = Files.readString(ROOT.resolve("docs").resolve("storage-spi.md"));
        return Stream.of(page.split("```java\n"))
                .filter(block -> block.startsWith(beginning))
                .map(block -> block.substring(0, block.indexOf("```")))
                .toList();
    }

    private static String withoutIndents(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n"));
    }

    @Test
    void theCodeOnEtcdIsTheExamples() throws IOException {
        String comment = "// EtcdEntryStore.java\n";
        String example = withoutIndents(Files.readString(
                ROOT.resolve("examples/etcd-store/src/main/java/io/panocrypt/etcdstore/EtcdEntryStore.java")));
        List<String> blocks = shown(comment);
        assertEquals(5, blocks.size());
        for (String block : blocks) {
            String code = withoutIndents(block.substring(comment.length()));
            assertTrue(example.contains(code), code);
        }
    }

    /** Not a test class: only the engine below runs it. */
    static final class Entries extends EntryStoreContract {
        @Override
        protected EntryStoreFixture open(MutableClock clock) {
            return new SharedMemoryFixture(clock, UnaryOperator.identity());
        }
    }

    @Test
    void theNumberOfTestsIsTheContracts() throws IOException {
        long tests = EngineTestKit.engine("junit-jupiter")
                .selectors(DiscoverySelectors.selectClass(Entries.class))
                .execute()
                .testEvents()
                .succeeded()
                .count();
        String count = "`Tests run: " + tests + "`";
        assertTrue(Files.readString(ROOT.resolve("docs/storage-spi.md")).contains(count), count);
    }

    @Test
    void theTestClassRunsTheContract() throws Exception {
        Path source = Files.writeString(
                directory.resolve("MyStoreTest.java"), shown("import ").get(0));
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
