package io.panocrypt.policy.notify;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Finds the addresses of a host.
 *
 * <p>Implementations are thread-safe. A lookup that takes longer than the delivery's limit is abandoned in its thread.
 */
@FunctionalInterface
public interface HostResolver {
    /**
     * The host's addresses, best first.
     *
     * @param host a name or an address literal, without brackets
     * @throws UnknownHostException if there is none
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;

    /** The Java runtime's own resolver. */
    static HostResolver system() {
        return host -> List.of(InetAddress.getAllByName(host));
    }
}
