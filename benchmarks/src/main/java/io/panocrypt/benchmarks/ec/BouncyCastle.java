package io.panocrypt.benchmarks.ec;

import io.panocrypt.crypto.ec.EcPoint;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * Bouncy Castle's own P-521 with its default multiplier, whose time depends on the key: a rival to be timed, never to be
 * used.
 */
final class BouncyCastle {
    private static final X9ECParameters DOMAIN = CustomNamedCurves.getByName(Material.CURVE.jcaName());
    private static final byte UNCOMPRESSED = 4;

    private BouncyCastle() {}

    static ECPoint point(EcPoint point) {
        return DOMAIN.getCurve().createPoint(new BigInteger(1, point.x()), new BigInteger(1, point.y()));
    }

    /** Decoded each time, as a request's point is: a kept point would keep its table of multiples. */
    static byte[] multiply(byte[] x, byte[] y, BigInteger scalar) {
        byte[] encoded = new byte[1 + x.length + y.length];
        encoded[0] = UNCOMPRESSED;
        System.arraycopy(x, 0, encoded, 1, x.length);
        System.arraycopy(y, 0, encoded, 1 + x.length, y.length);
        byte[] product = DOMAIN.getCurve().decodePoint(encoded).multiply(scalar).getEncoded(false);
        return Arrays.copyOfRange(product, 1, product.length);
    }

    static ECPoint multiply(EcPoint point, BigInteger scalar) {
        return point(point).multiply(scalar).normalize();
    }

    /** The base point times the scalar, the way Bouncy Castle makes keys. */
    static ECPoint generate(BigInteger scalar) {
        return new FixedPointCombMultiplier().multiply(DOMAIN.getG(), scalar).normalize();
    }
}
