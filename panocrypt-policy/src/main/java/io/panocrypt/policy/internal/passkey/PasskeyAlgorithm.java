package io.panocrypt.policy.internal.passkey;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** The signature algorithms of passkeys. */
enum PasskeyAlgorithm {
    ES256(-7, "EC", "SHA256withECDSA") {
        @Override
        boolean admits(PublicKey key, byte[] spki) throws InvalidPointException {
            // Written again from the point, so that it is on this curve, named, and has one spelling.
            EcPoint point = EcPoint.ofJca(Curve.P_256, (ECPublicKey) key);
            return Arrays.equals(point.toJcaPublicKey().getEncoded(), spki);
        }

        @Override
        byte[] cose(PublicKey key) throws InvalidPointException {
            EcPoint point = EcPoint.ofJca(Curve.P_256, (ECPublicKey) key);
            return joined(COSE_ES256, COSE_X, point.x(), COSE_Y, point.y());
        }
    },

    EDDSA(-8, "Ed25519", "Ed25519") {
        @Override
        boolean admits(PublicKey key, byte[] spki) {
            return Arrays.equals(key.getEncoded(), spki) && spki.length == ED25519_SPKI;
        }

        @Override
        byte[] cose(PublicKey key) {
            byte[] spki = key.getEncoded();
            return joined(COSE_EDDSA, COSE_X, Arrays.copyOfRange(spki, ED25519_SPKI - 32, ED25519_SPKI));
        }
    },

    RS256(-257, "RSA", "SHA256withRSA") {
        @Override
        boolean admits(PublicKey key, byte[] spki) {
            RSAPublicKey rsa = (RSAPublicKey) key;
            int bits = rsa.getModulus().bitLength();
            return Arrays.equals(key.getEncoded(), spki)
                    && (bits == 2048 || bits == 3072 || bits == 4096)
                    && rsa.getPublicExponent().equals(BigInteger.valueOf(65_537));
        }

        @Override
        byte[] cose(PublicKey key) {
            byte[] modulus = ((RSAPublicKey) key).getModulus().toByteArray();
            // Without the byte of the sign.
            byte[] bytes = Arrays.copyOfRange(modulus, 1, modulus.length);
            byte[] head = {0x20, 0x59, (byte) (bytes.length >>> 8), (byte) bytes.length};
            return joined(COSE_RS256, head, bytes, COSE_EXPONENT);
        }
    };

    // The beginnings of COSE keys in the canonical form, which WebAuthn demands: kty, alg, and the curve.
    private static final byte[] COSE_ES256 = {(byte) 0xa5, 1, 2, 3, 0x26, 0x20, 1};
    private static final byte[] COSE_EDDSA = {(byte) 0xa4, 1, 1, 3, 0x27, 0x20, 6};
    private static final byte[] COSE_RS256 = {(byte) 0xa4, 1, 3, 3, 0x39, 1, 0};
    private static final byte[] COSE_X = {0x21, 0x58, 32};
    private static final byte[] COSE_Y = {0x22, 0x58, 32};
    private static final byte[] COSE_EXPONENT = {0x21, 0x43, 1, 0, 1};
    private static final int ED25519_SPKI = 44;

    private final int number;
    private final String keyAlgorithm;
    private final String signatureAlgorithm;

    PasskeyAlgorithm(int number, String keyAlgorithm, String signatureAlgorithm) {
        this.number = number;
        this.keyAlgorithm = keyAlgorithm;
        this.signatureAlgorithm = signatureAlgorithm;
    }

    /** The algorithm with that COSE number. */
    static Optional<PasskeyAlgorithm> of(int number) {
        return Stream.of(values()).filter(one -> one.number == number).findFirst();
    }

    abstract boolean admits(PublicKey key, byte[] spki) throws InvalidPointException;

    /** The COSE key in canonical CBOR with exactly the members that WebAuthn demands, so that it has one spelling. */
    abstract byte[] cose(PublicKey key) throws InvalidPointException;

    /** @throws InvalidKeyException unless it is a key of this algorithm, and written as the JDK writes it */
    PublicKey parse(byte[] spki) throws InvalidKeyException {
        try {
            PublicKey key = KeyFactory.getInstance(keyAlgorithm).generatePublic(new X509EncodedKeySpec(spki));
            if (admits(key, spki)) {
                return key;
            }
        } catch (GeneralSecurityException e) {
            throw new InvalidKeyException("not a public key of this algorithm", e);
        }
        throw new InvalidKeyException("not a public key of this algorithm");
    }

    /** Whether the COSE key that begins the bytes is the given one; the length of it, or -1. */
    int lengthOfCose(PublicKey key, byte[] bytes) throws InvalidKeyException {
        try {
            byte[] expected = cose(key);
            return bytes.length >= expected.length && Arrays.equals(expected, Arrays.copyOf(bytes, expected.length))
                    ? expected.length
                    : -1;
        } catch (InvalidPointException e) {
            throw new InvalidKeyException(e);
        }
    }

    boolean verifies(PublicKey key, byte[] signed, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(signatureAlgorithm);
            verifier.initVerify(key);
            verifier.update(signed);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Stream.of(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }
}
