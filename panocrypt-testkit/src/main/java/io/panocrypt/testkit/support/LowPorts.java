package io.panocrypt.testkit.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that need a fixed port before they start, or restart on the same port.
 *
 * <p>They are below the ephemeral ports (on Linux from 32768), which any connection of this machine could take while
 * the server is down. Thread-safe.
 */
public final class LowPorts {
    private static final int FIRST = 20_000;
    private static final int END = 32_000;
    private static final int MAX_TRIES = 100;

    private LowPorts() {}

    /**
     * Returns a free port of 127.0.0.1. It is random, so concurrent processes are unlikely to get the same one.
     *
     * @throws IOException if a hundred tried ports were in use
     */
    public static int free() throws IOException {
        for (int tries = 1; ; tries++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (IOException taken) {
                if (tries == MAX_TRIES) {
                    throw taken;
                }
            }
        }
    }
}
