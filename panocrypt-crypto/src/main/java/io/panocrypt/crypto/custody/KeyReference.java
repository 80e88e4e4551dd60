package io.panocrypt.crypto.custody;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The name of a token's key, bound to the label that the key was made for.
 *
 * <p>Stored form: a version byte (1), the first 16 bytes of a SHA-256 hash of the label, and 16 random bytes. The alias
 * in the token is {@code panocrypt-} and these 32 bytes in hexadecimal. No key in the token has an alias of another
 * label, so a reference that was moved to another label leads nowhere.
 */
final class KeyReference {
    private static final byte VERSION = 1;
    private static final int PART = 16;
    private static final String PREFIX = "panocrypt-";

    private final byte[] name;

    private KeyReference(byte[] name) {
        this.name = name;
    }

    /** A new reference for a label. */
    static KeyReference of(KeyLabel label, SecureRandom random) {
        byte[] unique = new byte[PART];
        random.nextBytes(unique);
        return new KeyReference(
                ByteBuffer.allocate(2 * PART).put(hash(label)).put(unique).array());
    }

    /**
     * Reads a stored reference.
     *
     * @throws CustodyException if it has another form or belongs to another label
     */
    static KeyReference read(KeyLabel label, byte[] stored) {
        if (stored.length != 1 + 2 * PART || stored[0] != VERSION) {
            throw new CustodyException("reference to a key has an unknown form", null);
        }
        if (!Arrays.equals(stored, 1, 1 + PART, hash(label), 0, PART)) {
            throw new CustodyException("reference to a key belongs to another label", null);
        }
        return new KeyReference(Arrays.copyOfRange(stored, 1, stored.length));
    }

    byte[] stored() {
        return ByteBuffer.allocate(1 + 2 * PART).put(VERSION).put(name).array();
    }

    String alias() {
        return PREFIX + HexFormat.of().formatHex(name);
    }

    /** Puts each part's length before it, which gives different labels different bytes. */
    private static byte[] hash(KeyLabel label) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        append(data, "panocrypt/token-key/v1");
        append(data, label.owner());
        append(data, Integer.toString(label.generation()));
        append(data, label.role().name());
        append(data, label.curve().crv());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(data.toByteArray());
            return Arrays.copyOf(digest, PART);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the Java runtime has no SHA-256", e);
        }
    }

    private static void append(ByteArrayOutputStream data, String part) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        data.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
        data.writeBytes(bytes);
    }
}
