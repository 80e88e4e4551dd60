package io.panocrypt.standalone.web;

import com.sun.management.UnixOperatingSystemMXBean;
import io.panocrypt.policy.net.Cidr;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;

/**
 * What connections may cost.
 *
 * @param timeout how long a whole header may take, counted from the end of the request before, a whole body, and each
 *     32 KiB of an answer
 * @param connections how many may be open to the devices' address at once; further ones wait in the kernel
 * @param peerConnections how many of these one peer may have at once; further ones are closed
 * @param peerRequests how many requests of one peer are worked on at once; further ones wait
 * @param proxies peers that these two do not apply to
 * @param bufferBytes how much memory bodies that are not whole may take in all, and answers that nobody reads
 */
public record ConnectionLimits(
        Duration timeout,
        int connections,
        int peerConnections,
        int peerRequests,
        List<Cidr> proxies,
        long bufferBytes) {
    /** Several hundred hosts may boot at once behind one address. */
    public static final int PEER_CONNECTIONS = 1_000;

    /** Half of what is worked on at once, and far more than what keeps all processors and the store busy. */
    public static final int PEER_REQUESTS = 64;

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_CONNECTIONS = 20_000;
    private static final int MIN_CONNECTIONS = 64;
    /** For files, the database and what else is not a connection of a machine. */
    private static final int OTHER_FILES = 512;

    /** What a connection costs in the worst case: a TLS record that is not whole, of 16 KiB, and its objects. */
    private static final long CONNECTION_BYTES = 40 * 1_024;

    /** Of the memory that the JVM may take, for each of the two kinds of buffers. */
    private static final int BUFFER_SHARE = 8;

    /** The defaults, but not more connections than memory allows, nor more than the process may open files. */
    public static ConnectionLimits ofProcess() {
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
        long memory = Runtime.getRuntime().maxMemory();
        long possible = Math.min(files - OTHER_FILES, memory / CONNECTION_BYTES);
        return new ConnectionLimits(
                TIMEOUT,
                (int) Math.max(MIN_CONNECTIONS, Math.min(MAX_CONNECTIONS, possible)),
                PEER_CONNECTIONS,
                PEER_REQUESTS,
                List.of(),
                memory / BUFFER_SHARE);
    }

    public ConnectionLimits withTimeout(Duration other) {
        return new ConnectionLimits(other, connections, peerConnections, peerRequests, proxies, bufferBytes);
    }

    public ConnectionLimits withConnections(int number) {
        return new ConnectionLimits(timeout, number, peerConnections, peerRequests, proxies, bufferBytes);
    }

    /** The same with other limits for each peer, but for those proxies. */
    public ConnectionLimits withPeers(int connectionsOfOne, int requestsOfOne, List<Cidr> trusted) {
        return new ConnectionLimits(timeout, connections, connectionsOfOne, requestsOfOne, trusted, bufferBytes);
    }

    public ConnectionLimits withBufferBytes(long number) {
        return new ConnectionLimits(timeout, connections, peerConnections, peerRequests, proxies, number);
    }
}
