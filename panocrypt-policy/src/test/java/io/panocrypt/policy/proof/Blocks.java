package io.panocrypt.policy.proof;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Addresses and blocks as numbers; the JDK turns mapped addresses into IPv4. */
final class Blocks {
    private static final Map<String, InetAddress> KNOWN = new ConcurrentHashMap<>();

    private Blocks() {}

    private static byte[] bytes(String literal) {
        return KNOWN.computeIfAbsent(literal, Blocks::parse).getAddress();
    }

    private static InetAddress parse(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }

    static boolean contains(String block, String address) {
        if (address.isEmpty()) {
            return false;
        }
        byte[] network = bytes(block.split("/")[0]);
        byte[] asking = bytes(address);
        int shift = 8 * network.length - prefix(block);
        return network.length == asking.length
                && new BigInteger(1, network).shiftRight(shift).equals(new BigInteger(1, asking).shiftRight(shift));
    }

    private static int prefix(String block) {
        String[] parts = block.split("/");
        if (parts.length == 1) {
            return 8 * bytes(parts[0]).length;
        }
        return Integer.parseInt(parts[1]) - (parts[0].startsWith("::ffff:") ? 96 : 0);
    }

    static boolean isOpen(String block) {
        return prefix(block) < (bytes(block.split("/")[0]).length == 4 ? 8 : 16);
    }

    /** Whether both are in one IPv6 /64. */
    static boolean sameSite(String one, String other) {
        return bytes(one).length == 16 && bytes(other).length == 16 && contains(one + "/64", other);
    }

    static String canonical(String address) {
        return address.replace("::ffff:", "");
    }
}
