package io.panocrypt.benchmarks.ec;

import io.panocrypt.crypto.ec.EcPoint;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** Bouncy Castle's P-521 with its default multiplier. Its time depends on the key: for measurements only. */
final class BouncyCastle {
    private static final X9ECParameters DOMAIN = CustomNamedCurves.getByName(Material.CURVE.jcaName());
    private static final byte UNCOMPRESSED = 4;

    private BouncyCastle() {}

    static ECPoint point(EcPoint point) {
        return DOMAIN.getCurve().createPoint(new BigInteger(1, point.x()), new BigInteger(1, point.y()));
    }

    /** Decodes the point each time, like a request's point: a reused point would cache its table of multiples. */
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

    /** Multiplies the base point by the scalar, as Bouncy Castle does to generate keys. */
    static ECPoint generate(BigInteger scalar) {
        return new FixedPointCombMultiplier().multiply(DOMAIN.getG(), scalar).normalize();
    }
}
