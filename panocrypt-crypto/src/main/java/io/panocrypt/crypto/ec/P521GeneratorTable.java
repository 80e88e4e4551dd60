package io.panocrypt.crypto.ec;

/**
 * The generator's table: for each digit i of a scalar, the affine points 32^i * G, 3 * 32^i * G, ..., 31 * 32^i * G.
 *
 * <p>105 rows of {@link P521Table}, 242 kB, computed from the generator at the first use and shared by all threads.
 */
final class P521GeneratorTable {
    private static final long[] ROWS = compute();

    private P521GeneratorTable() {}

    /** All rows, row i at i * {@link P521Table#ROW_LIMBS}; shared, so callers must not write to it. */
    static long[] rows() {
        return ROWS;
    }

    private static long[] compute() {
        P521Field f = new P521Field();
        P521Inverse inverse = new P521Inverse(f);
        P521OddMultiples multiples = new P521OddMultiples(f, inverse);
        P521Accumulator q = new P521Accumulator(f);
        long[] x = P521Equation.constant(Curve.P_521.gx());
        long[] y = P521Equation.constant(Curve.P_521.gy());
        long[] z = new long[P521Field.LIMBS];
        long[] rows = new long[P521Scalar.DIGITS * P521Table.ROW_LIMBS];
        for (int i = 0; i < P521Scalar.DIGITS; i++) {
            multiples.build(x, y);
            System.arraycopy(multiples.table, 0, rows, i * P521Table.ROW_LIMBS, P521Table.ROW_LIMBS);
            q.set(x, y);
            for (int doubling = 0; doubling < P521Scalar.WINDOW; doubling++) {
                q.twice();
            }
            inverse.invert(z, q.z);
            f.sqr(y, z);
            f.mul(x, q.x, y);
            f.mul(y, y, z);
            f.mul(y, q.y, y);
        }
        return rows;
    }
}
