package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.storage.ServerLock;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Only one server per data directory. */
class ServerLockTest {
    @TempDir
    private Path directory;

    @Test
    @Tag("long")
    @Timeout(TestTimeout.MAX_SECONDS)
    void refusesASecondServerUntilTheFirstHasEnded() throws IOException, InterruptedException {
        Path data = directory.resolve("data");
        try (ServerProcess first = ServerProcess.serve(data, 0)) {
            ByteArrayOutputStream told = new ByteArrayOutputStream();
            assertEquals(1, serveHere(data, told));
            assertEquals(
                    "panocrypt: another server runs on " + data + ": it holds " + data.resolve("serve.lock"),
                    told.toString(StandardCharsets.UTF_8).strip());
            assertEquals(0, Main.execute("admin-token", "--data", data.toString()), "recovery works beside a server");
            first.call("GET", "/devices", "").ok();
            first.kill();
        }
        try (ServerProcess next = ServerProcess.serve(data, 0)) {
            next.call("GET", "/devices", "").ok();
            assertEquals(0, next.terminate());
        }
        ServerProcess.serve(data, 0).close();
    }

    private static int serveHere(Path data, ByteArrayOutputStream told) {
        PrintStream before = System.err;
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            return Main.execute("serve", "--listen", "127.0.0.1:0", "--data", data.toString());
        } finally {
            System.setErr(before);
        }
    }

    @Test
    void isHeldOnceInAProcessToo() {
        try (ServerLock held = ServerLock.take(directory)) {
            assertThrows(StartupException.class, () -> ServerLock.take(directory), held.toString());
        }
        ServerLock.take(directory).close();
        assertTrue(Files.exists(directory.resolve("serve.lock")));
    }

    @Test
    void saysWhyItCannotLock() {
        StartupException refusal =
                assertThrows(StartupException.class, () -> ServerLock.take(directory.resolve("missing")));
        assertTrue(refusal.getMessage().startsWith("cannot lock "), refusal.getMessage());
    }
}
