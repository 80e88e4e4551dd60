package io.panocrypt.crypto.ec;

import java.util.Arrays;

/**
 * The working memory of one multiplication at a time on P-521, by a secret scalar, in time that depends on no value.
 *
 * <p>About 8 kB; a multiplication allocates nothing except its result. Everything that depends on the scalar is wiped
 * before a multiplication returns. Not thread-safe.
 */
final class P521Worker {
    private final P521Field f = new P521Field();
    private final P521Inverse inverse = new P521Inverse(f);
    private final P521Scalar scalar = new P521Scalar();
    private final P521OddMultiples multiples = new P521OddMultiples(f, inverse);
    private final P521Table found = new P521Table();
    private final P521Accumulator q = new P521Accumulator(f);
    private final P521Equation equation = new P521Equation(f);
    private final long[] x = new long[P521Field.LIMBS];
    private final long[] y = new long[P521Field.LIMBS];
    private final long[] t = new long[P521Field.LIMBS];

    /**
     * Loads the scalar for the next multiplication, which wipes it.
     *
     * @param k 66 bytes, big-endian, from 1 to n-1
     */
    void load(byte[] k) {
        scalar.load(k);
    }

    /**
     * Multiplies a point by the loaded scalar.
     *
     * @param point a point of P-521
     * @throws EcEngineException if the product is not on the curve, which means that the machine computed wrongly
     */
    EcPoint multiply(EcPoint point) {
        try {
            point.decodeP521(x, y);
            multiples.build(x, y);
            found.select(multiples.table, 0, 1);
            q.set(found.x, found.y);
            for (int i = P521Scalar.DIGITS - 2; i >= 0; i--) {
                for (int doubling = 1; doubling < P521Scalar.WINDOW; doubling++) {
                    q.twice();
                }
                found.select(multiples.table, 0, scalar.digit(i));
                q.twiceAdd(found.x, found.y);
            }
            return affine();
        } finally {
            wipe();
        }
    }

    /**
     * Multiplies the generator by the loaded scalar, from a table.
     *
     * @throws EcEngineException if the product is not on the curve, which means that the machine computed wrongly
     */
    EcPoint multiplyGenerator() {
        try {
            long[] table = P521GeneratorTable.rows();
            int row = (P521Scalar.DIGITS - 1) * P521Table.ROW_LIMBS;
            found.select(table, row, 1);
            q.set(found.x, found.y);
            for (int i = P521Scalar.DIGITS - 2; i >= 0; i--) {
                row -= P521Table.ROW_LIMBS;
                found.select(table, row, scalar.digit(i));
                q.add(found.x, found.y);
            }
            return affine();
        } finally {
            wipe();
        }
    }

    /**
     * The product in affine form, x = X/Z^2 and y = Y/Z^3, negated if the scalar was, and checked to be on the curve.
     */
    private EcPoint affine() {
        inverse.invert(t, q.z);
        f.sqr(x, t);
        f.mul(t, x, t);
        f.mul(x, q.x, x);
        f.mul(y, q.y, t);
        P521Field.negateIf(scalar.wasEven(), y);
        if (!equation.holds(x, y)) {
            throw new EcEngineException("the product did not pass the fault check", null);
        }
        return EcPoint.ofP521(x, y, t);
    }

    private void wipe() {
        f.wipe();
        inverse.wipe();
        scalar.wipe();
        multiples.wipe();
        found.wipe();
        q.wipe();
        equation.wipe();
        Arrays.fill(x, 0);
        Arrays.fill(y, 0);
        Arrays.fill(t, 0);
    }
}
