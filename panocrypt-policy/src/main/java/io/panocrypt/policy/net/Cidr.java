package io.panocrypt.policy.net;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A block of IP addresses in CIDR notation (RFC 4632, RFC 4291 section 2.3), without host bits.
 *
 * <p>Immutable and thread-safe.
 */
public final class Cidr {
    private static final Pattern PREFIX = Pattern.compile("0|[1-9][0-9]{0,2}");

    private final IpAddress network;
    private final int prefix;

    private Cidr(IpAddress network, int prefix) {
        this.network = network;
        this.prefix = prefix;
    }

    /**
     * Parses {@code address/prefix}, or a bare address as a block of one.
     *
     * @throws IllegalArgumentException if the text is anything else. If host bits are set, the message suggests what
     *     may have been meant: a block wider than the typed one must not be accepted silently
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return of(IpAddress.parse(text));
        }
        String digits = text.substring(slash + 1);
        if (!PREFIX.matcher(digits).matches()) {
            throw new IllegalArgumentException("not a prefix length");
        }
        String literal = text.substring(0, slash);
        IpAddress address = IpAddress.parse(literal);
        int length = Integer.parseInt(digits);
        // The prefix length of a mapped block counts from the start of the IPv6 text form.
        int prefix = address.isIpv4() && literal.indexOf(':') >= 0 ? length - 96 : length;
        if (prefix < 0 || prefix > address.bits()) {
            throw new IllegalArgumentException("prefix length out of range");
        }
        Cidr block = new Cidr(masked(address, prefix), prefix);
        if (!block.network.equals(address)) {
            throw new IllegalArgumentException("host bits are set: did you mean " + block + " or " + address + "?");
        }
        return block;
    }

    /** The block that contains only this address. */
    public static Cidr of(IpAddress address) {
        return new Cidr(address, address.bits());
    }

    private static IpAddress masked(IpAddress address, int prefix) {
        byte[] bytes = address.toBytes();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.max(0, Math.min(8, prefix - 8 * i));
            bytes[i] &= (byte) (0xff00 >> kept);
        }
        return IpAddress.ofBytes(bytes);
    }

    /** Whether the address is in this block; never across address families. */
    public boolean contains(IpAddress address) {
        return address.isIpv4() == network.isIpv4()
                && Arrays.equals(masked(address, prefix).toBytes(), network.toBytes());
    }

    /** The block's first address. */
    public IpAddress first() {
        return network;
    }

    /** Whether the block is IPv4. */
    public boolean isIpv4() {
        return network.isIpv4();
    }

    /** The prefix length in bits, 0 to 32 or 0 to 128. */
    public int prefix() {
        return prefix;
    }

    /** Whether the block is wider than {@code /8} (IPv4) or {@code /16} (IPv6), which is hardly a restriction. */
    public boolean isOpen() {
        return prefix < (isIpv4() ? 8 : 16);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr that && prefix == that.prefix && network.equals(that.network);
    }

    @Override
    public int hashCode() {
        return 31 * network.hashCode() + prefix;
    }

    /** {@code address/prefix} in canonical form. */
    @Override
    public String toString() {
        return network + "/" + prefix;
    }
}
