package io.panocrypt.crypto.ec;

import java.util.Arrays;

/**
 * The odd multiples P, 3P, ..., 31P of a point, all over one common Z, hence affine on an isomorphic curve.
 *
 * <p>(X : Y : Z) on y^2 = x^3 - 3x + b stands for the affine point (X, Y) on y^2 = x^3 - 3*Z^4*x + b*Z^6. Adding points
 * of equal Z is cheap (Meloni 2007, "New point addition formulae for ECC applications"; DBLU and ZADDU in Goundar, Joye,
 * Miyaji, Rivain and Venelli 2011, "Scalar multiplication on Weierstrass elliptic curves from co-Z arithmetic"). Each
 * addition multiplies the common Z by a known difference; a pass backwards brings all entries to the last Z. Works on
 * public points only, but takes constant time all the same. Not thread-safe.
 */
final class P521OddMultiples {
    private final P521Field f;
    private final long[][] xs = new long[P521Table.ENTRIES][P521Field.LIMBS];
    private final long[][] ys = new long[P521Table.ENTRIES][P521Field.LIMBS];
    /** difference[j] is what entry j's Z has over that of entry j - 1; difference[0] is the Z of entry 0. */
    private final long[][] difference = new long[P521Table.ENTRIES][P521Field.LIMBS];

    private final long[] twiceX = new long[P521Field.LIMBS];
    private final long[] twiceY = new long[P521Field.LIMBS];
    private final long[] s = new long[P521Field.LIMBS];
    private final long[] t = new long[P521Field.LIMBS];
    private final long[] u = new long[P521Field.LIMBS];

    /** The entries as a row of {@link P521Table}. */
    final long[] table = new long[P521Table.ROW_LIMBS];

    /** The Z that all entries share. */
    final long[] commonZ = new long[P521Field.LIMBS];

    P521OddMultiples(P521Field field) {
        this.f = field;
    }

    /** Fills the table with the odd multiples of the point (x, y) of P-521; both coordinates have size 1. */
    void build(long[] x, long[] y) {
        doubleWithUpdate(x, y);
        for (int j = 1; j < P521Table.ENTRIES; j++) {
            addTwice(j);
        }
        bringToCommonZ();
    }

    /** DBLU: 2P into twice, and P again into entry 0, both over Z = 2y. */
    private void doubleWithUpdate(long[] x, long[] y) {
        long[] slope = t;
        f.sqr(slope, x);
        slope[0] -= 1;
        times(slope, 3);
        long[] ySquared = u;
        f.sqr(ySquared, y);
        f.mul(xs[0], x, ySquared);
        times(xs[0], 4);
        f.sqr(ys[0], ySquared);
        times(ys[0], 8);
        f.sqr(twiceX, slope);
        P521Field.sub(twiceX, twiceX, xs[0]);
        P521Field.sub(twiceX, twiceX, xs[0]);
        P521Field.carry(twiceX);
        P521Field.sub(s, xs[0], twiceX);
        f.mul(twiceY, slope, s);
        P521Field.sub(twiceY, twiceY, ys[0]);
        P521Field.carry(twiceY);
        P521Field.add(difference[0], y, y);
        P521Field.carry(difference[0]);
    }

    /** ZADDU: entry j as 2P + entry j - 1, and 2P again over the new Z. */
    private void addTwice(int j) {
        long[] x = xs[j - 1];
        long[] y = ys[j - 1];
        P521Field.sub(difference[j], twiceX, x);
        P521Field.sub(s, twiceY, y);
        f.sqr(t, difference[j]);
        f.mul(twiceX, twiceX, t);
        f.mul(t, x, t);
        P521Field.sub(u, twiceX, t);
        f.mul(twiceY, twiceY, u);
        f.sqr(xs[j], s);
        P521Field.sub(xs[j], xs[j], twiceX);
        P521Field.sub(xs[j], xs[j], t);
        P521Field.carry(xs[j]);
        P521Field.sub(u, twiceX, xs[j]);
        f.mul(ys[j], s, u);
        P521Field.sub(ys[j], ys[j], twiceY);
        P521Field.carry(ys[j]);
    }

    private void bringToCommonZ() {
        int last = P521Table.ENTRIES - 1;
        put(last, xs[last], ys[last]);
        P521Field.setOne(commonZ);
        for (int j = last - 1; j >= 0; j--) {
            f.mul(commonZ, commonZ, difference[j + 1]);
            f.sqr(s, commonZ);
            f.mul(t, xs[j], s);
            f.mul(s, s, commonZ);
            f.mul(u, ys[j], s);
            put(j, t, u);
        }
        f.mul(commonZ, commonZ, difference[0]);
    }

    private void put(int entry, long[] x, long[] y) {
        System.arraycopy(x, 0, table, entry * P521Table.ENTRY_LIMBS, P521Field.LIMBS);
        System.arraycopy(y, 0, table, entry * P521Table.ENTRY_LIMBS + P521Field.LIMBS, P521Field.LIMBS);
    }

    /** Multiplies an element of size 1 by a small number and brings it back to size 1. */
    private static void times(long[] r, int factor) {
        for (int i = 0; i < P521Field.LIMBS; i++) {
            r[i] *= factor;
        }
        P521Field.carry(r);
    }

    void wipe() {
        for (int j = 0; j < P521Table.ENTRIES; j++) {
            Arrays.fill(xs[j], 0);
            Arrays.fill(ys[j], 0);
            Arrays.fill(difference[j], 0);
        }
        for (long[] element : new long[][] {twiceX, twiceY, s, t, u, table, commonZ}) {
            Arrays.fill(element, 0);
        }
    }
}
