package io.panocrypt.policy.notify;

import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The addresses to which notices may be sent: public unicast, and blocks that were allowed in addition.
 *
 * <p>Members enter their contacts themselves, so without this check they could make the server call into its own
 * network. Refused unless allowed: loopback, link-local, private (RFC 1918, RFC 4193), shared (RFC 6598), multicast,
 * unspecified, documentation, benchmarking, reserved, and IPv6 forms that carry an IPv4 address (6to4, Teredo). An
 * address with the well-known NAT64 prefix (RFC 6052) counts as the IPv4 address that it carries; a network's own NAT64
 * prefix cannot be recognised.
 *
 * <p>Immutable and thread-safe.
 */
public final class TargetPolicy {
    /** IANA IPv4 Special-Purpose Address Registry (RFC 6890), and multicast and reserved space. */
    private static final List<Cidr> NOT_PUBLIC_IPV4 = cidrs(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3");

    /** Global unicast (RFC 4291 section 2.4, as assigned by IANA); the rest of IPv6 is special. */
    private static final Cidr GLOBAL_IPV6 = Cidr.parse("2000::/3");

    /** IANA IPv6 Special-Purpose Address Registry, as far as it is in global unicast. */
    private static final List<Cidr> NOT_PUBLIC_IPV6 = cidrs("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    private static final Cidr NAT64 = Cidr.parse("64:ff9b::/96");

    private static final String SETTING = "TargetPolicy.allowing";

    private final List<Cidr> allowed;
    private final String setting;

    private TargetPolicy(List<Cidr> allowed, String setting) {
        this.allowed = List.copyOf(allowed);
        this.setting = setting;
    }

    /**
     * Allows public addresses and these blocks.
     *
     * @param allowed blocks that may be reached although they are not public, also over plain HTTP; none for public
     *     addresses only
     */
    public static TargetPolicy allowing(List<Cidr> allowed) {
        return new TargetPolicy(allowed, SETTING);
    }

    /** The same policy, with the name of the setting by which operators allow blocks: refusals quote it. */
    public TargetPolicy setBy(String name) {
        return new TargetPolicy(allowed, name);
    }

    /**
     * Why nothing can ever be sent to a host; empty if something can. It looks up no name: a name is checked at each
     * delivery.
     *
     * @param secure whether TLS is used
     * @param host a name or an address, without brackets
     */
    Optional<String> problem(boolean secure, String host) {
        Optional<IpAddress> address = literal(host);
        if (!secure && allowed.isEmpty() || !secure && address.isPresent() && !allows(address.get())) {
            return Optional.of("plain HTTP is used only for addresses that " + setting + " allows");
        }
        return address.filter(known -> !admits(known))
                .map(known -> "its address is not public: notices go there only if " + setting + " allows it");
    }

    private static Optional<IpAddress> literal(String host) {
        try {
            return Optional.of(IpAddress.parse(host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether a connection to this address is allowed. */
    boolean admits(IpAddress address) {
        IpAddress reached = behindNat64(address);
        return allows(address) || isPublic(reached);
    }

    /** Whether the address is in an explicitly allowed block; plain HTTP is allowed only to such an address. */
    boolean allows(IpAddress address) {
        IpAddress reached = behindNat64(address);
        return allowed.stream().anyMatch(block -> block.contains(address) || block.contains(reached));
    }

    private static boolean isPublic(IpAddress address) {
        return address.isIpv4()
                ? NOT_PUBLIC_IPV4.stream().noneMatch(block -> block.contains(address))
                : GLOBAL_IPV6.contains(address) && NOT_PUBLIC_IPV6.stream().noneMatch(block -> block.contains(address));
    }

    private static IpAddress behindNat64(IpAddress address) {
        if (!NAT64.contains(address)) {
            return address;
        }
        byte[] bytes = address.toBytes();
        return IpAddress.parse(
                (bytes[12] & 255) + "." + (bytes[13] & 255) + "." + (bytes[14] & 255) + "." + (bytes[15] & 255));
    }

    private static List<Cidr> cidrs(String... blocks) {
        return Stream.of(blocks).map(Cidr::parse).toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TargetPolicy that && allowed.equals(that.allowed);
    }

    @Override
    public int hashCode() {
        return allowed.hashCode();
    }

    /** Lists the blocks that were allowed in addition to public addresses. */
    @Override
    public String toString() {
        return "TargetPolicy" + Arrays.toString(allowed.toArray());
    }
}
