package io.panocrypt.crypto.custody;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The form that {@link SealedFileWriter} and {@link SealedFileReader} share: one line of text, 32 random bytes of salt, then
 * chunks under AES-256-GCM.
 *
 * <p>Each chunk holds 65,536 bytes, the last one at most as many, and ends with a tag of 16 bytes. Its nonce is 7 zeros, the
 * chunk's number from 0 in 4 bytes, and a last byte that is 1 for the last chunk and 0 for the others (the STREAM
 * construction). A chunk that is missing, moved, doubled or cut therefore does not open. The file's key is derived from the
 * master key, the purpose, the salt and the line, so no key seals two files and the line cannot be changed.
 */
final class SealedFormat {
    static final int CHUNK_BYTES = 65_536;
    static final int TAG_BYTES = 16;
    static final int SALT_BYTES = 32;
    static final int MAX_LINE_BYTES = 4_096;
    /** As many as the number in a nonce can count. */
    static final long MAX_CHUNKS = 1L << 32;

    private static final int NONCE_BYTES = 12;
    private static final int NUMBER_AT = 7;

    private SealedFormat() {}

    /** The bytes of the line, with the line feed. */
    static byte[] line(String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        if (line.indexOf('\n') >= 0 || bytes.length > MAX_LINE_BYTES) {
            throw new IllegalArgumentException(
                    "the first line must be one line of at most " + MAX_LINE_BYTES + " bytes");
        }
        return bytes;
    }

    /** The file's key (HKDF-Expand with HMAC-SHA256); the caller destroys it by dropping it. */
    static SecretKeySpec key(MasterKey master, String purpose, byte[] salt, byte[] line) {
        byte[] base = master.derive(purpose);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(base, "HmacSHA256"));
            mac.update(salt);
            mac.update(MessageDigest.getInstance("SHA-256").digest(line));
            byte[] key = mac.doFinal(new byte[] {1});
            try {
                return new SecretKeySpec(key, "AES");
            } finally {
                Arrays.fill(key, (byte) 0);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HmacSHA256 and SHA-256", e);
        } finally {
            Arrays.fill(base, (byte) 0);
        }
    }

    /** Seals or opens one chunk. */
    static byte[] crypt(int mode, SecretKeySpec key, long number, boolean isLast, byte[] input, int length)
            throws GeneralSecurityException {
        byte[] nonce = ByteBuffer.allocate(NONCE_BYTES)
                .putInt(NUMBER_AT, (int) number)
                .put(NONCE_BYTES - 1, (byte) (isLast ? 1 : 0))
                .array();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        return cipher.doFinal(input, 0, length);
    }
}
