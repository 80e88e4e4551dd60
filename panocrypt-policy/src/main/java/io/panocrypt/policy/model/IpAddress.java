package io.panocrypt.policy.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 address, where an IPv4-mapped IPv6 address is the IPv4 address that it maps.
 *
 * <p>Parsed from literals only: nothing here ever asks a name service. Immutable and thread-safe.
 */
public final class IpAddress {
    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    private static final Pattern IPV6_ALPHABET = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private final byte[] bytes;

    private IpAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Parses a literal: dotted decimal without leading zeros, or RFC 4291 section 2.2 text without brackets or a zone.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    public static IpAddress parse(String literal) {
        if (IPV4.matcher(literal).matches() || IPV6_ALPHABET.matcher(literal).matches()) {
            try {
                return of(InetAddress.getByName(literal));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("not an IP address", e);
            }
        }
        throw new IllegalArgumentException("not an IP address");
    }

    /** The address of a socket's peer; a scope identifier is dropped. */
    public static IpAddress of(InetAddress address) {
        return ofBytes(address.getAddress());
    }

    static IpAddress ofBytes(byte[] raw) {
        return new IpAddress(isMapped(raw) ? Arrays.copyOfRange(raw, 12, 16) : raw.clone());
    }

    /** RFC 4291 section 2.5.5.2. */
    private static boolean isMapped(byte[] raw) {
        if (raw.length != 16 || raw[10] != -1 || raw[11] != -1) {
            return false;
        }
        for (int i = 0; i < 10; i++) {
            if (raw[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether this is an IPv4 address (4 bytes); otherwise it is an IPv6 address (16 bytes). */
    public boolean isIpv4() {
        return bytes.length == 4;
    }

    /** The address in network order, 4 or 16 bytes; a copy. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    int bits() {
        return bytes.length * 8;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The canonical literal; IPv6 as in RFC 5952. */
    @Override
    public String toString() {
        return isIpv4() ? ipv4() : ipv6();
    }

    private String ipv4() {
        return (bytes[0] & 255) + "." + (bytes[1] & 255) + "." + (bytes[2] & 255) + "." + (bytes[3] & 255);
    }

    private String ipv6() {
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (bytes[2 * i] & 255) << 8 | bytes[2 * i + 1] & 255;
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && groups[i + run] == 0) {
                run++;
            }
            if (run > length) {
                start = i;
                length = run;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
