package io.panocrypt.testkit.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

@RequiresTools({"sh", "/usr/bin/env"})
class LoopbackServerTest {
    private static List<String> shell(String script) {
        return List.of("sh", "-c", script);
    }

    @Test
    void startsAgainOnItsPortAfterAKill() throws IOException {
        List<Integer> ports = new ArrayList<>();
        LoopbackServer.Command command = port -> {
            ports.add(port);
            return shell("echo it is ready; exec sleep 600");
        };
        try (LoopbackServer server = new LoopbackServer(command, "ready")) {
            ProcessHandle first = server.process();
            assertTrue(first.isAlive());
            server.kill();
            assertFalse(first.isAlive());
            server.restart();
            assertTrue(server.process().isAlive());
            assertNotEquals(first.pid(), server.process().pid());
            assertEquals(List.of(server.port()), ports);
        }
    }

    @Test
    void triesOtherPortsAndSaysWhatAServerPrintedThatDoesNotStart() {
        Set<Integer> ports = new HashSet<>();
        IOException refusal = assertThrows(
                IOException.class,
                () -> new LoopbackServer(
                        port -> {
                            ports.add(port);
                            return shell("echo address in use >&2");
                        },
                        "ready"));
        assertEquals("sh does not start: [address in use]", refusal.getMessage());
        assertTrue(ports.size() > 1, ports::toString);
    }

    @Test
    void givesItsServerNoVariableButThePath() {
        assertTrue(System.getenv().size() > 1);
        IOException refusal = assertThrows(
                IOException.class, () -> new LoopbackServer(port -> List.of("/usr/bin/env"), "it is never ready"));
        assertEquals("/usr/bin/env does not start: [PATH=" + System.getenv("PATH") + "]", refusal.getMessage());
    }
}
