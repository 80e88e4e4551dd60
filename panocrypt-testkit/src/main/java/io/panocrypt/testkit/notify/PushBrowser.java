package io.panocrypt.testkit.notify;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.crypto.ec.JcaEngine;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The browser's side of web push: holds a subscription's keys and decrypts pushed messages (RFC 8291, RFC 8188).
 *
 * <p>For tests of push senders. Immutable and thread-safe.
 */
public final class PushBrowser {
    private static final int AUTH_BYTES = 16;
    private static final int SALT_BYTES = 16;
    private static final int POINT_BYTES = 65;
    private static final int TAG_BYTES = 16;
    /** The body size in bytes that every push service must accept (RFC 8030 section 7.2). */
    private static final int MAX_BODY = 4_096;

    private final EcKeyPair key;
    private final byte[] auth;

    /** Creates a browser with these keys. */
    public PushBrowser(EcKeyPair key, byte[] auth) {
        this.key = key;
        this.auth = auth.clone();
    }

    /** Creates a browser with new keys. */
    public static PushBrowser subscribe(SecureRandom random) {
        byte[] auth = new byte[AUTH_BYTES];
        random.nextBytes(auth);
        return new PushBrowser(new JcaEngine(random).generate(Curve.P_256), auth);
    }

    /** The subscription's public key in the form of {@code toJSON()}. */
    public String p256dh() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(encode(key.publicKey()));
    }

    /** The subscription's authentication secret in the form of {@code toJSON()}. */
    public String auth() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(auth);
    }

    /**
     * Decrypts a request's body as a service worker gets it.
     *
     * @throws GeneralSecurityException if a browser would drop the message: another coding or key, a truncated record,
     *     a record not marked as the last one, or a body longer than push services must accept
     */
    public byte[] decrypt(byte[] body) throws GeneralSecurityException {
        check(body.length <= MAX_BODY, "the body is longer than push services must take");
        check(body.length > SALT_BYTES + 5 + POINT_BYTES + TAG_BYTES, "the body is too short");
        ByteBuffer in = ByteBuffer.wrap(body);
        byte[] salt = take(in, SALT_BYTES);
        int recordSize = in.getInt();
        check((in.get() & 255) == POINT_BYTES, "the key id is not a point");
        byte[] sender = take(in, POINT_BYTES);
        byte[] record = take(in, in.remaining());
        check(recordSize > record.length, "the record size is not above the record's, RFC 8291 section 4");
        byte[] secret =
                hkdf(auth, agree(sender), concat(ascii("WebPush: info\0"), encode(key.publicKey()), sender), 32);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(hkdf(salt, secret, ascii("Content-Encoding: aes128gcm\0"), 16), "AES"),
                new GCMParameterSpec(8 * TAG_BYTES, hkdf(salt, secret, ascii("Content-Encoding: nonce\0"), 12)));
        return unpadded(cipher.doFinal(record));
    }

    private byte[] agree(byte[] sender) throws GeneralSecurityException {
        check(sender[0] == 4, "the sender's key is not an uncompressed point");
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(key.toJcaPrivateKey(JcaEngine.jdkProvider()));
        agreement.doPhase(decode(sender).toJcaPublicKey(), true);
        return agreement.generateSecret();
    }

    private static EcPoint decode(byte[] point) throws InvalidPointException {
        return EcPoint.of(Curve.P_256, Arrays.copyOfRange(point, 1, 33), Arrays.copyOfRange(point, 33, POINT_BYTES));
    }

    private static byte[] encode(EcPoint point) {
        return concat(new byte[] {4}, point.x(), point.y());
    }

    /** HKDF with SHA-256 (RFC 5869) for at most one block. */
    private static byte[] hkdf(byte[] salt, byte[] secret, byte[] info, int length) throws GeneralSecurityException {
        return Arrays.copyOf(hmac(hmac(salt, secret), concat(info, new byte[] {1})), length);
    }

    private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message);
    }

    /** Removes the padding: the last record ends with 2 and zeros (RFC 8188 section 2). */
    private static byte[] unpadded(byte[] record) throws GeneralSecurityException {
        int end = record.length - 1;
        while (end >= 0 && record[end] == 0) {
            end--;
        }
        check(end >= 0 && record[end] == 2, "the record does not end as the last one does");
        return Arrays.copyOf(record, end);
    }

    private static byte[] take(ByteBuffer in, int length) {
        byte[] taken = new byte[length];
        in.get(taken);
        return taken;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static void check(boolean good, String otherwise) throws GeneralSecurityException {
        if (!good) {
            throw new GeneralSecurityException(otherwise);
        }
    }
}
