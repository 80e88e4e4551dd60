package io.panocrypt.crypto.ec;

/**
 * The generator's table: for each digit i of a scalar, the affine points 32^i * G, 3 * 32^i * G, ..., 31 * 32^i * G.
 *
 * <p>105 rows of {@link P521Table}, 242 kB, computed from the generator at the first use and shared by all threads.
 */
final class P521GeneratorTable {
    private static final long[] ROWS = compute();

    private P521GeneratorTable() {}

    /** All rows, row i at i * {@link P521Table#ROW_LIMBS}; nobody may write to it. */
    static long[] rows() {
        return ROWS;
    }

    private static long[] compute() {
        P521Field f = new P521Field();
        P521Inverse inverse = new P521Inverse(f);
        P521OddMultiples multiples = new P521OddMultiples(f);
        P521Accumulator q = new P521Accumulator(f);
        long[] one = new long[P521Field.LIMBS];
        P521Field.setOne(one);
        q.setCurve(one);
        long[] x = P521Equation.constant(Curve.P_521.gx());
        long[] y = P521Equation.constant(Curve.P_521.gy());
        long[] z = new long[P521Field.LIMBS];
        long[] rows = new long[P521Scalar.DIGITS * P521Table.ROW_LIMBS];
        for (int i = 0; i < P521Scalar.DIGITS; i++) {
            multiples.build(x, y);
            inverse.invert(z, multiples.commonZ);
            for (int entry = 0; entry < P521Table.ENTRIES; entry++) {
                int from = entry * P521Table.ENTRY_LIMBS;
                int to = i * P521Table.ROW_LIMBS + from;
                System.arraycopy(multiples.table, from, x, 0, P521Field.LIMBS);
                System.arraycopy(multiples.table, from + P521Field.LIMBS, y, 0, P521Field.LIMBS);
                scale(f, x, y, z);
                System.arraycopy(x, 0, rows, to, P521Field.LIMBS);
                System.arraycopy(y, 0, rows, to + P521Field.LIMBS, P521Field.LIMBS);
            }
            System.arraycopy(rows, i * P521Table.ROW_LIMBS, x, 0, P521Field.LIMBS);
            System.arraycopy(rows, i * P521Table.ROW_LIMBS + P521Field.LIMBS, y, 0, P521Field.LIMBS);
            q.set(x, y);
            q.doubleTimes(P521Scalar.WINDOW);
            inverse.invert(z, q.z);
            P521Field.copy(x, q.x);
            P521Field.copy(y, q.y);
            scale(f, x, y, z);
        }
        return rows;
    }

    /** (x, y) to (x * z^2, y * z^3). */
    private static void scale(P521Field f, long[] x, long[] y, long[] z) {
        long[] square = new long[P521Field.LIMBS];
        f.sqr(square, z);
        f.mul(x, x, square);
        f.mul(square, square, z);
        f.mul(y, y, square);
    }
}
