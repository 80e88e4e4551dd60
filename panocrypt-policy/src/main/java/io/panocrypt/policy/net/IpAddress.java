package io.panocrypt.policy.net;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 address; an IPv4-mapped IPv6 address equals the IPv4 address that it maps.
 *
 * <p>Parses literals only and never asks a name service. Immutable and thread-safe.
 */
public final class IpAddress {
    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    /** The longest literal: six groups of four digits and an embedded IPv4 address. */
    private static final int MAX = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".length();

    private static final Pattern GROUP = Pattern.compile("[0-9A-Fa-f]{1,4}");

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
        return Optional.of(literal)
                .filter(text -> text.length() <= MAX)
                .flatMap(text -> text.indexOf(':') < 0 ? ipv4(text) : ipv6(text))
                .map(IpAddress::ofBytes)
                .orElseThrow(() -> new IllegalArgumentException("not an IP address"));
    }

    private static Optional<byte[]> ipv4(String text) {
        if (!IPV4.matcher(text).matches()) {
            return Optional.empty();
        }
        byte[] bytes = new byte[4];
        String[] octets = text.split("\\.");
        for (int i = 0; i < 4; i++) {
            bytes[i] = (byte) Integer.parseInt(octets[i]);
        }
        return Optional.of(bytes);
    }

    /** Avoids the JDK's parser, which accepts leading zeros and asks a name service for some invalid texts. */
    private static Optional<byte[]> ipv6(String text) {
        int gap = text.indexOf("::");
        Optional<byte[]> head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
        Optional<byte[]> tail = gap < 0 ? Optional.of(new byte[0]) : groups(text.substring(gap + 2), true);
        if (head.isEmpty() || tail.isEmpty()) {
            return Optional.empty();
        }
        int length = head.get().length + tail.get().length;
        // "::" replaces at least one group (RFC 4291, section 2.2).
        if (gap < 0 ? length != 16 : length > 14) {
            return Optional.empty();
        }
        byte[] bytes = Arrays.copyOf(head.get(), 16);
        System.arraycopy(tail.get(), 0, bytes, 16 - tail.get().length, tail.get().length);
        return Optional.of(bytes);
    }

    /** The bytes of groups between colons; the last group of the whole text may be an IPv4 address. */
    private static Optional<byte[]> groups(String text, boolean last) {
        if (text.isEmpty()) {
            return Optional.of(new byte[0]);
        }
        String[] parts = text.split(":", -1);
        ByteBuffer bytes = ByteBuffer.allocate(2 * parts.length + 2);
        for (int i = 0; i < parts.length; i++) {
            Optional<byte[]> embedded = last && i == parts.length - 1 ? ipv4(parts[i]) : Optional.empty();
            if (embedded.isPresent()) {
                bytes.put(embedded.get());
            } else if (GROUP.matcher(parts[i]).matches()) {
                bytes.putShort((short) Integer.parseInt(parts[i], 16));
            } else {
                return Optional.empty();
            }
        }
        return bytes.position() > 16 ? Optional.empty() : Optional.of(Arrays.copyOf(bytes.array(), bytes.position()));
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

    /** The first address of the IPv6 /64, since one machine may use any address of its /64; an IPv4 address itself. */
    public IpAddress site() {
        return isIpv4() ? this : new IpAddress(Arrays.copyOf(Arrays.copyOf(bytes, 8), 16));
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
