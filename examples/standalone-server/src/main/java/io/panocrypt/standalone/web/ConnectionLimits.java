package io.panocrypt.standalone.web;

import com.sun.management.UnixOperatingSystemMXBean;
import io.panocrypt.policy.net.Cidr;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;

/**
 * The limits of connections.
 *
 * @param timeout maximum time for a complete header, counted from the end of the previous request, for a complete body,
 *     and for each 32 KiB of an answer
 * @param connections maximum number of open connections to the devices' address; further ones wait in the kernel
 * @param peerConnections maximum number of these connections per peer; further ones are closed
 * @param peerRequests maximum number of concurrent requests per peer; further ones wait
 * @param proxies peers exempt from the two limits per peer
 * @param bufferBytes maximum total memory of incomplete bodies, and likewise of unread answers, in bytes
 */
public record ConnectionLimits(
        Duration timeout,
        int connections,
        int peerConnections,
        int peerRequests,
        List<Cidr> proxies,
        long bufferBytes) {
    /** Large, because several hundred hosts behind one address may boot at once. */
    public static final int PEER_CONNECTIONS = 1_000;

    /** Half of all concurrent requests, and far more than needed to keep all processors and the store busy. */
    public static final int PEER_REQUESTS = 64;

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_CONNECTIONS = 20_000;
    private static final int MIN_CONNECTIONS = 64;
    /** File descriptors reserved for files, the database and everything except connections. */
    private static final int OTHER_FILES = 512;

    /** Worst-case memory of a connection: an incomplete TLS record of 16 KiB, and its objects. */
    private static final long CONNECTION_BYTES = 40 * 1_024;

    /** Each of the two kinds of buffers gets one part in this many of the JVM's maximum memory. */
    private static final int BUFFER_SHARE = 8;

    /** The defaults, with connections limited by memory and by the process's file descriptors. */
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

    /** The same with other limits per peer and other exempt proxies. */
    public ConnectionLimits withPeers(int connectionsOfOne, int requestsOfOne, List<Cidr> trusted) {
        return new ConnectionLimits(timeout, connections, connectionsOfOne, requestsOfOne, trusted, bufferBytes);
    }

    public ConnectionLimits withBufferBytes(long number) {
        return new ConnectionLimits(timeout, connections, peerConnections, peerRequests, proxies, number);
    }
}
