package io.panocrypt.testkit.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that are told theirs before they start, or that start again on the one that they had.
 *
 * <p>They lie below those that connections get by themselves (on Linux from 32768 on), since any connection of this machine could
 * take one of those while the server is away. Thread-safe.
 */
public final class LowPorts {
    private static final int FIRST = 20_000;
    private static final int END = 32_000;
    private static final int MAX_TRIES = 100;

    private LowPorts() {}

    /**
     * A port of 127.0.0.1 on which nobody listens. It is a random one, so that processes which ask at the same time are
     * unlikely to be told the same.
     *
     * @throws IOException if a hundred were taken
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
