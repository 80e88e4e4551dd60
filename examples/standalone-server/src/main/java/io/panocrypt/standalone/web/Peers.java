package io.panocrypt.standalone.web;

import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * Defines which addresses count as one peer: an IPv4 address, or an IPv6 /64, which usually belongs to one host.
 *
 * @param proxies addresses that forward requests of many peers
 */
public record Peers(List<Cidr> proxies) {
    /** The peer of an address; empty for a proxy, or without an IP address. */
    public Optional<IpAddress> of(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return Optional.empty();
        }
        IpAddress peer = IpAddress.of(inet.getAddress());
        return proxies.stream().anyMatch(block -> block.contains(peer)) ? Optional.empty() : Optional.of(peer.site());
    }
}
