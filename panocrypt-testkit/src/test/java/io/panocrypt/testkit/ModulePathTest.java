package io.panocrypt.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.testkit.support.TestTimeout;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs on the module path. On the class path, where all other tests run, packages that a module does not open are open
 * anyway.
 */
class ModulePathTest {
    private static final Predicate<String> MODULES = Pattern.compile(
                    "[/\\\\](panocrypt-(crypto|policy|servlet|console)|jackson-(core|databind|annotations|datatype-jdk8)"
                            + "|jakarta.servlet-api|jte-runtime)[/\\\\]")
            .asPredicate();

    @TempDir
    private Path folder = Path.of("");

    private static String path(Predicate<String> wanted) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(wanted)
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void serviceRunsAsAModule() throws Exception {
        assertRuns("io.panocrypt.policy", ModuleUser.class);
    }

    @Test
    void consoleRunsAsAModule() throws Exception {
        // The application, or its container, brings the servlet API.
        assertRuns("io.panocrypt.console", ConsoleModuleUser.class, "jakarta.servlet");
    }

    private void assertRuns(String module, Class<?> user, String... more) throws Exception {
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--module-path",
                        path(MODULES),
                        "--add-modules",
                        Stream.concat(Stream.of(module), Stream.of(more)).collect(Collectors.joining(",")),
                        "-cp",
                        path(MODULES.negate()),
                        user.getName(),
                        folder.resolve("master-key").toString())
                .redirectError(log.toFile())
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "does not end");
        String logged = Files.readString(log);
        assertEquals("module " + module + "\n", printed.replaceFirst("@\\S*", ""), logged);
        // A background task that cannot use its package only says so.
        assertFalse(logged.contains("SEVERE"), logged);
    }
}
