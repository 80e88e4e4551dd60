package io.panocrypt.crypto;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;

/** Bouncy Castle's arithmetic, against which ours is checked; its time depends on scalars, so only tests may use it. */
public final class Oracle {
    private Oracle() {}

    public static X9ECParameters parameters(Curve curve) {
        return CustomNamedCurves.getByName(curve.jcaName());
    }

    public static ECPoint theirs(EcPoint point) {
        return parameters(point.curve())
                .getCurve()
                .createPoint(new BigInteger(1, point.x()), new BigInteger(1, point.y()));
    }

    public static EcPoint ours(Curve curve, ECPoint point) {
        ECPoint affine = point.normalize();
        try {
            return EcPoint.of(
                    curve,
                    affine.getAffineXCoord().getEncoded(),
                    affine.getAffineYCoord().getEncoded());
        } catch (InvalidPointException e) {
            throw new AssertionError("the oracle gave an invalid point", e);
        }
    }

    public static EcPoint multiply(EcPoint point, BigInteger scalar) {
        return ours(point.curve(), theirs(point).multiply(scalar));
    }

    public static EcPoint publicPoint(Curve curve, BigInteger scalar) {
        return multiply(EcPoint.generator(curve), scalar);
    }

    public static EcKeyPair pair(Curve curve, BigInteger scalar) {
        return EcKeyPair.of(curve, bytes(curve, scalar), publicPoint(curve, scalar));
    }

    public static BigInteger scalar(Curve curve, Random random) {
        return new BigInteger(curve.n().bitLength() + 64, random)
                .mod(curve.n().subtract(BigInteger.ONE))
                .add(BigInteger.ONE);
    }

    /** Encodes a number as big-endian bytes of the field's length. */
    public static byte[] bytes(Curve curve, BigInteger value) {
        byte[] raw = value.toByteArray();
        byte[] result = new byte[curve.fieldBytes()];
        byte[] used =
                raw.length > result.length ? Arrays.copyOfRange(raw, raw.length - result.length, raw.length) : raw;
        System.arraycopy(used, 0, result, result.length - used.length, used.length);
        return result;
    }
}
