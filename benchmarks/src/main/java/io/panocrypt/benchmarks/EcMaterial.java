package io.panocrypt.benchmarks;

import io.panocrypt.benchmarks.EcMultiplyBenchmark.Multiplication;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPublicKeySpec;
import javax.crypto.KeyAgreement;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;

/**
 * A private key and a foreign point on one curve, and the ways to multiply them.
 *
 * <p>The keys are throw-away and are not wiped.
 */
record EcMaterial(X9ECParameters domain, ECPrivateKey key, ECPublicKey point) {
    private static final String PROVIDER = "SunEC";

    static EcMaterial fresh(String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", PROVIDER);
        generator.initialize(new ECGenParameterSpec(curve));
        KeyPair own = generator.generateKeyPair();
        KeyPair foreign = generator.generateKeyPair();
        return new EcMaterial(
                CustomNamedCurves.getByName(curve), (ECPrivateKey) own.getPrivate(), (ECPublicKey) foreign.getPublic());
    }

    /**
     * The two ECDH calls that give x(kP) and x(k(P+G)), which determine y. Computing the sum and y is cheap, uses
     * public values, and is not measured.
     */
    Multiplication twoSunEcCalls() throws GeneralSecurityException {
        ECPoint sum = bouncyPoint().add(domain.getG()).normalize();
        PublicKey shifted = KeyFactory.getInstance("EC", PROVIDER)
                .generatePublic(new ECPublicKeySpec(
                        new java.security.spec.ECPoint(
                                sum.getAffineXCoord().toBigInteger(),
                                sum.getAffineYCoord().toBigInteger()),
                        point.getParams()));
        return () -> new byte[][] {ecdh(key, point), ecdh(key, shifted)};
    }

    /** Bouncy Castle's default multiplier. Its time depends on the key: for measurements only. */
    Multiplication bouncyCastle() {
        BigInteger scalar = key.getS();
        ECPoint bouncy = bouncyPoint();
        byte[] encoded = bouncy.getEncoded(false);
        // Decodes the point each time, like a request's point: a reused point would cache its table of multiples.
        return () -> domain.getCurve().decodePoint(encoded).multiply(scalar).normalize();
    }

    private ECPoint bouncyPoint() {
        return domain.getCurve()
                .createPoint(point.getW().getAffineX(), point.getW().getAffineY());
    }

    private static byte[] ecdh(PrivateKey key, PublicKey point) throws GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH", PROVIDER);
        agreement.init(key);
        agreement.doPhase(point, true);
        return agreement.generateSecret();
    }
}
