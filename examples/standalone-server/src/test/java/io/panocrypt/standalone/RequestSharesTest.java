package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.standalone.web.Peers;
import io.panocrypt.standalone.web.RequestShares;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Waiting requests must not block others. */
class RequestSharesTest {
    private static final int THREADS = 16;
    private static final int UNLOCKS = 4;
    private static final int OF_ONE_PEER = 2;
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Server server = new Server(new QueuedThreadPool(THREADS));
    private final ServerConnector connector = new ServerConnector(server);
    private final List<Socket> sockets = new ArrayList<>();
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore mayEnd = new Semaphore(0);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    /** Blocks some unlocks until released, and nothing else. */
    private final class Slow extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            if (request.getHttpURI().getPath().startsWith("/u/slow/")) {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                begun.release();
                mayEnd.acquire();
                running.decrementAndGet();
            }
            response.setStatus(200);
            callback.succeeded();
            return true;
        }
    }

    @BeforeEach
    void start() throws Exception {
        connector.setName("unlock");
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new RequestShares(
                new Slow(),
                new Peers(List.of()),
                OF_ONE_PEER,
                Map.of("unlock", new RequestShares.Shares(UNLOCKS, 1, 1))));
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        mayEnd.release(1_000);
        for (Socket socket : sockets) {
            socket.close();
        }
        server.stop();
    }

    private Socket ask(String from, String path) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.connect(new InetSocketAddress("127.0.0.1", connector.getLocalPort()), TIMEOUT_MILLIS);
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void assertAnswered(Socket socket) throws IOException {
        assertEquals("HTTP/1.1 200", new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII));
    }

    @Test
    void answersOthersWhileUnlocksWaitAndAllUnlocksInTheEnd() throws Exception {
        List<Socket> unlocks = new ArrayList<>();
        for (int i = 0; i < 3 * THREADS; i++) {
            unlocks.add(ask("127.0.0." + (1 + i % THREADS), "/u/slow/rec/y"));
        }
        begun.acquire(UNLOCKS);

        assertAnswered(ask("127.0.0.1", "/healthz"));
        assertAnswered(ask("127.0.0.99", "/readyz"));
        assertAnswered(ask("127.0.0.99", "/api/v1/devices"));

        mayEnd.release(unlocks.size());
        for (Socket unlock : unlocks) {
            assertAnswered(unlock);
        }
        assertEquals(UNLOCKS, most.get());
    }

    @Test
    void leavesRoomForAnotherPeer() throws Exception {
        for (int i = 0; i < THREADS; i++) {
            ask("127.0.0.2", "/u/slow/rec/y");
        }
        begun.acquire(OF_ONE_PEER);

        assertAnswered(ask("127.0.0.3", "/u/fast/rec/y"));

        assertEquals(OF_ONE_PEER, most.get());
    }
}
