package io.panocrypt.standalone.web;

import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * Tells which peers count as one: an IPv4 address, or an IPv6 /64, which one host has for itself.
 *
 * @param proxies those that speak for many
 */
public record Peers(List<Cidr> proxies) {
    /** Empty for a proxy, and for what has no IP address. */
    public Optional<IpAddress> of(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return Optional.empty();
        }
        IpAddress peer = IpAddress.of(inet.getAddress());
        return proxies.stream().anyMatch(block -> block.contains(peer)) ? Optional.empty() : Optional.of(peer.site());
    }
}
