package io.panocrypt.crypto.ec;

import java.math.BigInteger;
import java.util.Arrays;

/** The equation of P-521, y^2 = x^3 - 3x + b, and the check that a point satisfies it; not thread-safe. */
final class P521Equation {
    private static final long[] B = constant(Curve.P_521.b());

    private final P521Field f;
    private final long[] left = new long[P521Field.LIMBS];
    private final long[] right = new long[P521Field.LIMBS];

    P521Equation(P521Field field) {
        this.f = field;
    }

    /**
     * Whether a point's encoded coordinates satisfy the equation.
     *
     * @param x 66 bytes, big-endian, below p
     * @param y likewise
     */
    static boolean holdsFor(byte[] x, byte[] y) {
        long[] decodedX = new long[P521Field.LIMBS];
        long[] decodedY = new long[P521Field.LIMBS];
        P521Codec.decode(decodedX, x);
        P521Codec.decode(decodedY, y);
        return new P521Equation(new P521Field()).holds(decodedX, decodedY);
    }

    /** Whether (x, y) satisfies the equation; x has size 1 and y at most 2. */
    boolean holds(long[] x, long[] y) {
        f.sqr(right, x);
        right[0] -= 3;
        f.mul(right, right, x);
        P521Field.add(right, right, B);
        f.sqr(left, y);
        P521Field.sub(left, left, right);
        return P521Codec.isZero(left, right);
    }

    void wipe() {
        Arrays.fill(left, 0);
        Arrays.fill(right, 0);
    }

    static long[] constant(BigInteger value) {
        long[] element = new long[P521Field.LIMBS];
        P521Codec.decode(element, EcPoint.bytes(Curve.P_521, value));
        return element;
    }
}
