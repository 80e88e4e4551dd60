package io.panocrypt.testkit.custody;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECFieldElement;
import org.bouncycastle.math.ec.ECPoint;

/** Computes expected answers with Bouncy Castle. Its time depends on scalars, but all scalars here are public. */
final class PointOracle {
    private static final int RANDOM_SCALARS = 6;

    private PointOracle() {}

    static EcPoint multiply(EcPoint point, BigInteger scalar) {
        return ours(point.curve(), theirs(point).multiply(scalar));
    }

    /**
     * The multiples of the generator that the custody multiplies: the ends and the middle of the range, seeded random
     * numbers, and scalars for which a coordinate of the point or the answer begins with a zero byte.
     *
     * @param publicPoint the public half of the tested key
     */
    static List<BigInteger> scalars(EcPoint publicPoint) {
        Curve curve = publicPoint.curve();
        List<BigInteger> scalars = new ArrayList<>();
        for (int small = 1; small <= 4; small++) {
            scalars.add(BigInteger.valueOf(small));
            scalars.add(curve.n().subtract(BigInteger.valueOf(small)));
        }
        scalars.add(curve.n().shiftRight(1));
        Random random = new Random(521);
        for (int i = 0; i < RANDOM_SCALARS; i++) {
            scalars.add(new BigInteger(curve.n().bitLength() - 1, random).add(BigInteger.ONE));
        }
        for (EcPoint base : List.of(EcPoint.generator(curve), publicPoint)) {
            scalars.add(untilShort(ECPoint::getAffineXCoord, base));
            scalars.add(untilShort(ECPoint::getAffineYCoord, base));
        }
        return scalars;
    }

    /** The smallest multiple of the base with a coordinate at least 8 bits shorter than the field. */
    private static BigInteger untilShort(Function<ECPoint, ECFieldElement> coordinate, EcPoint base) {
        int bits = base.curve().p().bitLength() - Byte.SIZE;
        ECPoint step = theirs(base);
        ECPoint point = step;
        int times = 1;
        while (coordinate.apply(point).toBigInteger().bitLength() > bits) {
            point = point.add(step).normalize();
            times++;
        }
        return BigInteger.valueOf(times);
    }

    private static ECPoint theirs(EcPoint point) {
        return CustomNamedCurves.getByName(point.curve().jcaName())
                .getCurve()
                .createPoint(new BigInteger(1, point.x()), new BigInteger(1, point.y()));
    }

    private static EcPoint ours(Curve curve, ECPoint point) {
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
}
