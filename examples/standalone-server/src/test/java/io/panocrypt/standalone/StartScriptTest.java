package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The start script at the root of the repository, in a small checkout with fake Maven and Java that print their
 * arguments.
 */
class StartScriptTest {
    private static final Path SCRIPT = Path.of("../../panocrypt");
    private static final long TIMEOUT_MINUTES = 5;

    @TempDir
    private Path root;

    private record Result(int exitCode, String out, String err) {}

    @BeforeEach
    void makeCheckout() throws IOException {
        Files.copy(SCRIPT, root.resolve("panocrypt"));
        Files.createDirectories(root.resolve("panocrypt-policy/src/main"));
        Files.createDirectories(root.resolve("examples/standalone-server/src/main"));
        write("pom.xml", "");
        tool("java", "case $1 in -version) echo 'openjdk version \"17.0.1\"' >&2 ;; *) echo \"$*\" ;; esac");
        tool("javac", "");
        mavenMakes("one");
    }

    @Test
    void buildsOnceAndRunsACopyThatMavenDoesNotWriteTo() throws Exception {
        Result first = run("", "device", "list");

        assertEquals(0, first.exitCode(), first.err());
        assertTrue(first.out().contains("-jar " + copy() + " device list"), first.out());
        assertEquals("one", Files.readString(copy()));

        mavenMakes("two");
        assertEquals(0, run("", "serve").exitCode());
        assertEquals("one", Files.readString(copy()), "nothing has changed");
    }

    @Test
    void servesWhatChangedSourcesMakeAndAsksWithWhatIsThere() throws Exception {
        run("", "--version");
        change();
        mavenMakes("two");

        run("", "device", "list");
        assertEquals("one", Files.readString(copy()), "a command that asks a server builds nothing");
        run("", "serve");
        assertEquals("two", Files.readString(copy()));
    }

    @Test
    void keepsTheLastGoodJarWhenABuildFails() throws Exception {
        run("", "serve");
        change();
        tool("mvn", "echo 'cannot compile'; exit 1");

        Result failed = run("", "serve");

        assertEquals(1, failed.exitCode());
        assertTrue(failed.err().contains("cannot compile"), failed.err());
        assertTrue(failed.err().contains("PANOCRYPT_BUILD=never runs the last good build"), failed.err());
        assertEquals("one", Files.readString(copy()));
        assertEquals(0, run("never", "serve").exitCode());
        assertEquals(0, run("", "device", "list").exitCode());
    }

    @Test
    void aServerThatRunsKeepsItsOpenFile() throws Exception {
        run("", "serve");
        Object before = Files.getAttribute(copy(), "unix:ino");
        change();
        run("", "serve");

        assertFalse(before.equals(Files.getAttribute(copy(), "unix:ino")), "the jar was written over in place");
    }

    @Test
    void aReleaseFolderNeverBuilds() throws Exception {
        Files.delete(root.resolve("pom.xml"));
        tool("mvn", "echo 'must not be called' >&2; exit 1");
        Result missing = run("", "serve");
        assertEquals(1, missing.exitCode());
        assertTrue(missing.err().contains("panocrypt.jar"), missing.err());

        write("panocrypt.jar", "released");
        Result started = run("", "serve");

        assertEquals(0, started.exitCode(), started.err());
        assertTrue(started.out().contains("-jar " + root.toRealPath().resolve("panocrypt.jar") + " serve"));
    }

    @Test
    void refusesToGuessWhatTheEnvironmentMeans() throws Exception {
        assertEquals(1, run("sometimes", "serve").exitCode());
        Result never = run("never", "serve");
        assertEquals(1, never.exitCode());
        assertTrue(never.err().contains("there is no"), never.err());
    }

    private Path copy() throws IOException {
        return root.toRealPath().resolve("target/panocrypt.jar");
    }

    /** Makes a source newer than the jar, whatever the resolution of file times. */
    private void change() throws IOException {
        Path source = root.resolve("panocrypt-policy/src/main/A.java");
        Files.writeString(source, "");
        Files.setLastModifiedTime(copy(), FileTime.from(Instant.EPOCH));
    }

    private void mavenMakes(String content) throws IOException {
        String target = "examples/standalone-server/target";
        tool("mvn", "mkdir -p " + target + " && printf %s " + content + " >" + target + "/panocrypt.jar");
    }

    private void tool(String name, String body) throws IOException {
        Path file = root.resolve("jdk/bin").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void write(String file, String content) throws IOException {
        Files.writeString(root.resolve(file), content);
    }

    private Result run(String build, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("sh", root.resolve("panocrypt").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(root.resolve("out").toFile())
                .redirectError(root.resolve("err").toFile());
        builder.environment().put("JAVA_HOME", root.resolve("jdk").toString());
        builder.environment().merge("PATH", "", (path, none) -> root.resolve("jdk/bin") + ":" + path);
        builder.environment().put("PANOCRYPT_BUILD", build);
        builder.environment().remove("PANOCRYPT_JAVA_OPTS");
        Process process = builder.start();
        assertTrue(process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES), "the script does not end");
        return new Result(
                process.exitValue(), Files.readString(root.resolve("out")), Files.readString(root.resolve("err")));
    }
}
