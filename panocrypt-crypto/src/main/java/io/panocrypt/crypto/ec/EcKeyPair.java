package io.panocrypt.crypto.ec;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;

/**
 * A secret scalar and the public point that is claimed to belong to it.
 *
 * <p>The scalar is held in one array that {@link #close()} wipes. Thread-safe. Nothing checks that scalar and point
 * belong together, except {@link #isConsistent()}.
 */
public final class EcKeyPair implements AutoCloseable {
    private final EcPoint publicKey;
    private final byte[] scalar;
    private boolean closed;

    private EcKeyPair(EcPoint publicKey, byte[] scalar) {
        this.publicKey = publicKey;
        this.scalar = scalar;
    }

    /**
     * The pair of a scalar and a point.
     *
     * @param curve the curve
     * @param scalar big-endian, exactly {@link Curve#fieldBytes()} bytes, from 1 to n-1; cloned
     * @param publicKey a point on the same curve
     * @return the pair, which the caller closes
     * @throws IllegalArgumentException on another length, a scalar out of range, or a point on another curve
     */
    public static EcKeyPair of(Curve curve, byte[] scalar, EcPoint publicKey) {
        if (publicKey.curve() != curve) {
            throw new IllegalArgumentException("public point is on another curve");
        }
        if (scalar.length != curve.fieldBytes()) {
            throw new IllegalArgumentException("scalar does not have the length of the field");
        }
        if (!inRange(scalar, curve.n())) {
            throw new IllegalArgumentException("scalar is not from 1 to n-1");
        }
        return new EcKeyPair(publicKey, scalar.clone());
    }

    /** The curve of both halves. */
    public Curve curve() {
        return publicKey.curve();
    }

    /** The public point. */
    public EcPoint publicKey() {
        return publicKey;
    }

    /**
     * A copy of the scalar, big-endian, {@link Curve#fieldBytes()} bytes; the caller wipes it.
     *
     * @throws IllegalStateException after {@link #close()}
     */
    public synchronized byte[] copyScalar() {
        if (closed) {
            throw new IllegalStateException("key pair is closed");
        }
        return scalar.clone();
    }

    /**
     * The scalar as a private key object of a JCA provider. Such objects hold copies that cannot be wiped: drop them
     * soon.
     *
     * @param provider a provider with a KeyFactory for EC that reads PKCS#8
     * @throws EcEngineException if the provider refuses the key
     * @throws IllegalStateException after {@link #close()}
     */
    public PrivateKey toJcaPrivateKey(Provider provider) {
        byte[] prefix = curve().pkcs8Prefix();
        byte[] secret = copyScalar();
        byte[] encoded = Arrays.copyOf(prefix, prefix.length + secret.length);
        System.arraycopy(secret, 0, encoded, prefix.length, secret.length);
        Arrays.fill(secret, (byte) 0);
        try {
            return KeyFactory.getInstance("EC", provider).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new EcEngineException("provider " + provider.getName() + " refuses the private key", e);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    /**
     * Whether the public point is the scalar times the generator. This signs once and verifies the signature (about 10
     * ms with the JDK's provider): an x-only ECDH call could not distinguish the point from its negative.
     *
     * @throws EcEngineException if the Java runtime has no EC support
     */
    public boolean isConsistent() {
        Provider provider = JcaEngine.jdkProvider();
        byte[] message = {'p', 'a', 'i', 'r', 'w', 'i', 's', 'e'};
        try {
            Signature signer = Signature.getInstance(curve().jcaSignatureName(), provider);
            signer.initSign(toJcaPrivateKey(provider));
            signer.update(message);
            byte[] signature = signer.sign();
            Signature verifier = Signature.getInstance(curve().jcaSignatureName(), provider);
            verifier.initVerify(publicKey.toJcaPublicKey());
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            throw new EcEngineException("the Java runtime cannot sign on " + curve().crv(), e);
        }
    }

    /** Wipes the scalar; a second call does nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        Arrays.fill(scalar, (byte) 0);
    }

    /** Reads every byte in any case: its time depends on nothing but the answer. */
    static boolean inRange(byte[] scalar, BigInteger n) {
        byte[] order = n.toByteArray();
        int offset = order.length - scalar.length;
        int any = 0;
        int borrow = 0;
        for (int i = scalar.length - 1; i >= 0; i--) {
            any |= scalar[i];
            int difference = (scalar[i] & 0xff) - (order[i + offset] & 0xff) - borrow;
            borrow = difference >>> 31;
        }
        return any != 0 && borrow == 1;
    }
}
