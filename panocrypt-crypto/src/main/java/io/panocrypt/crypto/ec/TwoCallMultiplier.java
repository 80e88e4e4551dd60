package io.panocrypt.crypto.ec;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/**
 * The full product k*P from an ECDH that gives only x.
 *
 * <p>With S = k*G known and R = k*P wanted: x1 = x(R) = ECDH(k, P) and x2 = x(R + S) = ECDH(k, P + G). The chord
 * through R and S has its third point at x2, which makes the equation for y(R) linear. R is public (it is sent to the
 * client), so the arithmetic on it may take variable time; only the provider uses the scalar.
 */
final class TwoCallMultiplier implements ScalarMultiplier {
    private final EcPoint publicKey;
    private final EcPoint generator;
    private final BigInteger inverseOfTwiceY;
    private final Provider provider;
    private volatile @Nullable PrivateKey key;

    TwoCallMultiplier(PrivateKey key, EcPoint publicKey, Provider provider) {
        this.key = key;
        this.publicKey = publicKey;
        this.provider = provider;
        this.generator = EcPoint.generator(publicKey.curve());
        // No point of a group of odd order has y = 0.
        this.inverseOfTwiceY = publicKey.affineY().shiftLeft(1).modInverse(curve().p());
    }

    @Override
    public Curve curve() {
        return publicKey.curve();
    }

    @Override
    public EcPoint publicKey() {
        return publicKey;
    }

    @Override
    public EcPoint multiply(EcPoint point) {
        if (point.curve() != curve()) {
            throw new IllegalArgumentException("point is on another curve than the key");
        }
        PrivateKey secret = key;
        if (secret == null) {
            throw new IllegalStateException("multiplier is closed");
        }
        BigInteger x1 = agree(secret, point);
        boolean sameX = x1.equals(publicKey.affineX());
        if (point.affineX().equals(generator.affineX())) {
            // P = G or P = -G: the product is the public key or its negative, and P + G has no chord or no x.
            if (!sameX) {
                throw fault();
            }
            return point.equals(generator) ? publicKey : publicKey.negate();
        }
        Optional<EcPoint> shifted = point.add(generator);
        if (sameX || shifted.isEmpty()) {
            // k is invertible, so R = S or R = -S would mean P = G or P = -G, and P is neither.
            throw fault();
        }
        return product(x1, agree(secret, shifted.get()));
    }

    /** y = (x1^3 + a*x1 + b + yS^2 - (x2 + x1 + xS)*(x1 - xS)^2) / (2*yS), and refused unless on the curve. */
    private EcPoint product(BigInteger x1, BigInteger x2) {
        BigInteger xs = publicKey.affineX();
        BigInteger ys = publicKey.affineY();
        BigInteger run = x1.subtract(xs);
        BigInteger y = curve().rightSide(x1)
                .add(ys.multiply(ys))
                .subtract(x2.add(x1).add(xs).multiply(run).multiply(run))
                .multiply(inverseOfTwiceY)
                .mod(curve().p());
        try {
            return EcPoint.of(curve(), x1, y);
        } catch (InvalidPointException e) {
            throw fault();
        }
    }

    private BigInteger agree(PrivateKey secret, EcPoint point) {
        try {
            KeyAgreement agreement = KeyAgreement.getInstance("ECDH", provider);
            agreement.init(secret);
            agreement.doPhase(point.toJcaPublicKey(), true);
            byte[] shared = agreement.generateSecret();
            BigInteger x = new BigInteger(1, shared);
            Arrays.fill(shared, (byte) 0);
            return x;
        } catch (GeneralSecurityException e) {
            throw new EcEngineException("provider " + provider.getName() + " failed at ECDH", e);
        }
    }

    private static EcEngineException fault() {
        return new EcEngineException("the product did not pass the fault check", null);
    }

    @Override
    public void close() {
        // The JDK's EC keys cannot be destroyed; dropping the reference is all that is possible.
        key = null;
    }
}
