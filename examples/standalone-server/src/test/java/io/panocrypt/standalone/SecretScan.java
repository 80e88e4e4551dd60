package io.panocrypt.standalone;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds known secrets in text and bytes, in the forms in which a program may show them: as they are, in hexadecimal,
 * in base64 at any offset, and as a list of numbers. Any 31 characters in a row of such a form are enough.
 */
final class SecretScan {
    private static final int PIECE = 16;
    private static final int FILTER_BITS = 20;

    private final Map<Long, List<Piece>> pieces = new HashMap<>();
    private final BitSet filter = new BitSet(1 << FILTER_BITS);

    /** The middle and the end of what is looked for; its first half is the key of the map. */
    private record Piece(long rest, String secret, String form) {}

    /** A secret that is a text, such as a token. Of {@code from} characters at its beginning nothing is secret. */
    void text(String name, String secret, int from) {
        bytes(name, secret.substring(from).getBytes(StandardCharsets.UTF_8));
    }

    void text(String name, String secret) {
        text(name, secret, 0);
    }

    /** A private scalar, big-endian: with or without the zeros at its beginning. */
    void scalar(String name, byte[] secret) {
        int zeros = 0;
        while (secret[zeros] == 0) {
            zeros++;
        }
        byte[] stripped = Arrays.copyOfRange(secret, zeros, secret.length);
        BigInteger number = new BigInteger(1, secret);
        add(name, "decimal", number.toString());
        add(name, "hex", number.toString(16));
        bytes(name, stripped);
    }

    void bytes(String name, byte[] secret) {
        add(name, "raw", secret);
        add(name, "hex", HexFormat.of().formatHex(secret));
        add(name, "upper-case hex", HexFormat.of().withUpperCase().formatHex(secret));
        String numbers = Arrays.toString(secret);
        add(name, "numbers", numbers.substring(1, numbers.length() - 1));
        for (int shift = 0; shift < 3; shift++) {
            add(name, "base64", encoded(Base64.getEncoder(), secret, shift));
            add(name, "base64url", encoded(Base64.getUrlEncoder(), secret, shift));
        }
    }

    /** What encodes the secret alone where so many other bytes stand before it. */
    private static String encoded(Base64.Encoder encoder, byte[] secret, int shift) {
        byte[] shifted = new byte[shift + secret.length];
        System.arraycopy(secret, 0, shifted, shift, secret.length);
        return encoder.encodeToString(shifted).substring((8 * shift + 5) / 6, 8 * shifted.length / 6);
    }

    private void add(String name, String form, String text) {
        add(name, form, text.getBytes(StandardCharsets.UTF_8));
    }

    private void add(String name, String form, byte[] whole) {
        if (whole.length < PIECE) {
            throw new IllegalArgumentException(name + " is too short to be looked for");
        }
        ByteBuffer buffer = ByteBuffer.wrap(whole);
        for (int at = 0; at < whole.length; at += PIECE) {
            int from = Math.min(at, whole.length - PIECE);
            long key = buffer.getLong(from);
            filter.set(filterBit(key));
            pieces.computeIfAbsent(key, unused -> new ArrayList<>())
                    .add(new Piece(buffer.getLong(from + Long.BYTES), name, form));
        }
    }

    private static int filterBit(long key) {
        return (int) (key * 0x9E3779B97F4A7C15L >>> Long.SIZE - FILTER_BITS);
    }

    /** The secrets that the content shows, each with its form. */
    Set<String> find(byte[] content) {
        Set<String> found = new TreeSet<>();
        ByteBuffer buffer = ByteBuffer.wrap(content);
        for (int at = 0; at + PIECE <= content.length; at++) {
            long key = buffer.getLong(at);
            if (filter.get(filterBit(key)) && pieces.containsKey(key)) {
                long rest = buffer.getLong(at + Long.BYTES);
                pieces.get(key).stream()
                        .filter(piece -> piece.rest() == rest)
                        .forEach(piece -> found.add(piece.secret() + " (" + piece.form() + ")"));
            }
        }
        return found;
    }
}
