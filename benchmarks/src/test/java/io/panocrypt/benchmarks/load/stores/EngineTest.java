package io.panocrypt.benchmarks.load.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.testkit.support.LowPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineTest {
    @TempDir
    private Path folder;

    @Test
    void knowsWhatIsNotInstalled() {
        assertEquals(Optional.empty(), Engine.program("no-such-database"));
        assertTrue(Engine.program("sh").isPresent());
    }

    @Test
    void saysWhyAnEngineDoesNotStart() throws IOException {
        int port = LowPorts.free();
        IOException thrown = assertThrows(
                IOException.class,
                () -> Engine.start(List.of("sh", "-c", "echo no space"), port, folder.resolve("log")));
        assertTrue(String.valueOf(thrown.getMessage()).contains("no space"), thrown.getMessage());
    }

    @Test
    void endsTheProcess() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Engine engine = Engine.start(List.of("cat"), listener.getLocalPort(), folder.resolve("log"));
            assertTrue(engine.process().isAlive());
            engine.close();
            assertFalse(engine.process().isAlive());
        }
    }
}
