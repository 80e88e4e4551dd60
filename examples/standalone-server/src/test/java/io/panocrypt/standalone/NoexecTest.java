package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A temporary folder that is mounted noexec. */
class NoexecTest {
    private static final String MOUNTED = "mount -t tmpfs -o noexec tmpfs \"$0\" && exec \"$@\"";

    @TempDir
    private Path directory;

    private Process inOwnMounts(String... command) throws IOException {
        String[] all = new String[command.length + 6];
        Path temporary = Files.createDirectories(directory.resolve("tmp"));
        System.arraycopy(new String[] {"unshare", "-m", "sh", "-c", MOUNTED, temporary.toString()}, 0, all, 0, 6);
        System.arraycopy(command, 0, all, 6, command.length);
        return new ProcessBuilder(all).redirectErrorStream(true).start();
    }

    private boolean canMount() throws InterruptedException {
        try {
            return inOwnMounts("true").waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void tellsWhatToDoWhereSqliteCannotBeLoaded() throws Exception {
        assumeTrue(canMount(), "nobody may mount here");
        Process server = inOwnMounts(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + directory.resolve("tmp"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--data",
                directory.resolve("data").toString());
        String said = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(server.waitFor(60, TimeUnit.SECONDS), "it has said its last");
        assertTrue(said.contains("PANOCRYPT_JAVA_OPTS=-Dorg.sqlite.tmpdir=DIR"), said);
        assertEquals(1, server.exitValue(), said);
    }
}
