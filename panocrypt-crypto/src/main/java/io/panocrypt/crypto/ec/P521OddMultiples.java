package io.panocrypt.crypto.ec;

import java.util.Arrays;

/**
 * The odd multiples P, 3P, ..., 31P of a point, affine.
 *
 * <p>Adding points of equal Z is cheap (Meloni 2007, "New point addition formulae for ECC applications"; DBLU and ZADDU in
 * Goundar, Joye, Miyaji, Rivain and Venelli 2011, "Scalar multiplication on Weierstrass elliptic curves from co-Z
 * arithmetic"). Each addition multiplies the common Z by a known difference, so one inversion of the last Z gives the
 * inverse of each on the way back. Works on public points only, but takes constant time all the same. Not thread-safe.
 */
final class P521OddMultiples {
    private final P521Field f;
    private final P521Inverse inverse;
    private final long[][] xs = new long[P521Table.ENTRIES][P521Field.LIMBS];
    private final long[][] ys = new long[P521Table.ENTRIES][P521Field.LIMBS];
    /** ratio[j] is entry j's Z divided by entry j - 1's Z; ratio[0] is the Z of entry 0. */
    private final long[][] ratio = new long[P521Table.ENTRIES][P521Field.LIMBS];

    private final long[] twiceX = new long[P521Field.LIMBS];
    private final long[] twiceY = new long[P521Field.LIMBS];
    private final long[] z = new long[P521Field.LIMBS];
    private final long[] s = new long[P521Field.LIMBS];
    private final long[] t = new long[P521Field.LIMBS];
    private final long[] u = new long[P521Field.LIMBS];

    /** The entries as a row of {@link P521Table}. */
    final long[] table = new long[P521Table.ROW_LIMBS];

    P521OddMultiples(P521Field field, P521Inverse inverse) {
        this.f = field;
        this.inverse = inverse;
    }

    /** Fills the table with the odd multiples of the point (x, y) of P-521; both coordinates have size 1. */
    void build(long[] x, long[] y) {
        doubleWithUpdate(x, y);
        P521Field.copy(z, ratio[0]);
        for (int j = 1; j < P521Table.ENTRIES; j++) {
            addTwice(j);
            f.mul(z, z, ratio[j]);
        }
        makeAffine();
    }

    /** DBLU: 2P into twice, and P again into entry 0, both over Z = 2y. */
    private void doubleWithUpdate(long[] x, long[] y) {
        long[] slope = t;
        f.sqr(slope, x);
        slope[0] -= 1;
        P521Field.times(slope, 3);
        long[] ySquared = u;
        f.sqr(ySquared, y);
        f.mul(xs[0], x, ySquared);
        P521Field.times(xs[0], 4);
        f.sqr(ys[0], ySquared);
        P521Field.times(ys[0], 8);
        f.sqr(twiceX, slope);
        P521Field.timesMinus(1, twiceX, 2, xs[0]);
        P521Field.sub(s, xs[0], twiceX);
        f.mul(twiceY, slope, s);
        P521Field.timesMinus(1, twiceY, 1, ys[0]);
        P521Field.copy(ratio[0], y);
        P521Field.times(ratio[0], 2);
    }

    /** ZADDU: entry j as 2P + entry j - 1, and 2P again over the new Z. */
    private void addTwice(int j) {
        long[] x = xs[j - 1];
        long[] y = ys[j - 1];
        P521Field.sub(ratio[j], twiceX, x);
        P521Field.sub(s, twiceY, y);
        f.sqr(t, ratio[j]);
        f.mul(twiceX, twiceX, t);
        f.mul(t, x, t);
        P521Field.sub(u, twiceX, t);
        f.mul(twiceY, twiceY, u);
        f.sqr(xs[j], s);
        P521Field.subBoth(xs[j], twiceX, 1, t);
        P521Field.sub(u, twiceX, xs[j]);
        f.mul(ys[j], s, u);
        P521Field.timesMinus(1, ys[j], 1, twiceY);
    }

    /** Divides each entry by its Z, from the last, whose Z is the product of all ratios, to the first. */
    private void makeAffine() {
        inverse.invert(z, z);
        for (int j = P521Table.ENTRIES - 1; j >= 0; j--) {
            f.sqr(s, z);
            f.mul(t, xs[j], s);
            f.mul(s, s, z);
            f.mul(u, ys[j], s);
            System.arraycopy(t, 0, table, j * P521Table.ENTRY_LIMBS, P521Field.LIMBS);
            System.arraycopy(u, 0, table, j * P521Table.ENTRY_LIMBS + P521Field.LIMBS, P521Field.LIMBS);
            f.mul(z, z, ratio[j]);
        }
    }

    void wipe() {
        for (int j = 0; j < P521Table.ENTRIES; j++) {
            Arrays.fill(xs[j], 0);
            Arrays.fill(ys[j], 0);
            Arrays.fill(ratio[j], 0);
        }
        Arrays.fill(twiceX, 0);
        Arrays.fill(twiceY, 0);
        Arrays.fill(z, 0);
        Arrays.fill(s, 0);
        Arrays.fill(t, 0);
        Arrays.fill(u, 0);
        Arrays.fill(table, 0);
    }
}
