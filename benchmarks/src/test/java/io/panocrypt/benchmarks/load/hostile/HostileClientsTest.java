package io.panocrypt.benchmarks.load.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Attackers and an honest client against a server started by the test. */
class HostileClientsTest {
    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    }

    private static InetSocketAddress address(ServerSocket server) {
        return new InetSocketAddress("127.0.0.1", server.getLocalPort());
    }

    @Test
    void comesFromItsOwnAddressesWithAllItsConnectionsAndAgainWhenClosed() throws IOException {
        HostileScenario scenario = HostileScenario.UNREAD_ADMIN;
        Set<Integer> ports = new HashSet<>();
        try (ServerSocket server = listen();
                HostileClients hostile = HostileClients.attack(scenario, address(server))) {
            for (int i = 0; i < scenario.connections() + 10; i++) {
                try (Socket socket = server.accept()) {
                    assertEquals("127.0.0.2", socket.getInetAddress().getHostAddress());
                    ports.add(socket.getPort());
                    assertEquals('G', socket.getInputStream().read());
                }
            }
            assertTrue(hostile.bytes() > 0);
            assertTrue(hostile.mostOpen() <= scenario.connections());
        }
        assertTrue(ports.size() > scenario.connections(), "connects again");
    }

    @Test
    void spreadsOverAddresses() {
        Set<String> addresses = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            addresses.add(HostileScenario.BODIES_SPREAD.from(i));
        }
        assertEquals(Set.of("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"), addresses);
    }

    private static boolean isRight(String answer) throws Exception {
        try (ServerSocket server = listen()) {
            Thread thread = new Thread(() -> {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().read();
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            thread.start();
            boolean isRight = new HonestClient(address(server), new byte[] {'G'}, 1).ask();
            thread.join();
            return isRight;
        }
    }

    @Test
    void countsOnlyAWholeAnswerThatIsRight() throws Exception {
        assertTrue(isRight("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        assertFalse(isRight("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok"));
        assertFalse(isRight("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno"));
        assertFalse(isRight(""));
    }
}
