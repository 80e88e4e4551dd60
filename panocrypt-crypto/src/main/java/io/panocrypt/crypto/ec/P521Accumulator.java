package io.panocrypt.crypto.ec;

import java.util.Arrays;

/**
 * The running point of a multiplication on P-521, in Jacobian coordinates: X/Z^2 and Y/Z^3 are the affine ones.
 *
 * <p>X, Y and Z have size 1 (see {@link P521Field}). The formulas know neither infinity nor, in an addition, equal
 * x-coordinates; docs/p521.md proves that a multiplication meets neither. Not thread-safe.
 */
final class P521Accumulator {
    private final P521Field f;
    final long[] x = new long[P521Field.LIMBS];
    final long[] y = new long[P521Field.LIMBS];
    final long[] z = new long[P521Field.LIMBS];
    private final long[] s = new long[P521Field.LIMBS];
    private final long[] t = new long[P521Field.LIMBS];
    private final long[] u = new long[P521Field.LIMBS];
    private final long[] v = new long[P521Field.LIMBS];

    P521Accumulator(P521Field field) {
        this.f = field;
    }

    /** Sets the point to an affine one of size 1. */
    void set(long[] affineX, long[] affineY) {
        P521Field.copy(x, affineX);
        P521Field.copy(y, affineY);
        P521Field.setOne(z);
    }

    /**
     * Doubles the point.
     *
     * <p>Formulas "dbl-2001-b" of the Explicit-Formulas Database (Bernstein 2001), for a = -3: with delta = Z^2, gamma =
     * Y^2, beta = X*gamma and alpha = 3*(X - delta)*(X + delta) the double is X' = alpha^2 - 8*beta, Y' = alpha*(4*beta -
     * X') - 8*gamma^2, Z' = (Y + Z)^2 - gamma - delta. 3 products and 5 squares. The factor 3 is applied late, where a
     * carry comes anyway.
     */
    void twice() {
        long[] delta = s;
        long[] gamma = u;
        f.sqr(delta, z);
        f.sqr(gamma, y);
        P521Field.add(z, y, z);
        f.sqr(z, z);
        P521Field.subBoth(z, gamma, 1, delta);

        long[] thirdOfAlpha = t;
        P521Field.sub(thirdOfAlpha, x, delta);
        P521Field.add(delta, x, delta);
        f.mul(thirdOfAlpha, thirdOfAlpha, delta);

        long[] twoGamma = u;
        long[] twoBeta = s;
        P521Field.add(twoGamma, gamma, gamma);
        f.mul(twoBeta, x, twoGamma);
        f.sqr(x, thirdOfAlpha);
        P521Field.timesMinus(9, x, 4, twoBeta);

        P521Field.twiceMinus(twoBeta, twoBeta, x);
        f.mul(y, thirdOfAlpha, twoBeta);
        f.sqr(twoGamma, twoGamma);
        P521Field.timesMinus(3, y, 2, twoGamma);
    }

    /**
     * Adds an affine point of size 1.
     *
     * <p>Mixed addition (Cohen, Miyaji and Ono 1998, "Efficient elliptic curve exponentiation using mixed coordinates";
     * "madd" of the Explicit-Formulas Database): with H = x2*Z^2 - X and R = y2*Z^3 - Y the sum is X' = R^2 - H^3 -
     * 2*X*H^2, Y' = R*(X*H^2 - X') - Y*H^3, Z' = Z*H. 8 products and 3 squares.
     */
    void add(long[] affineX, long[] affineY) {
        long[] h = t;
        long[] r = u;
        chord(h, r, affineX, affineY);

        long[] cube = t;
        f.sqr(s, h);
        f.mul(cube, s, h);
        f.mul(s, x, s);
        f.sqr(x, r);
        P521Field.subBoth(x, cube, 2, s);

        f.mul(v, y, cube);
        P521Field.sub(s, s, x);
        f.mul(y, r, s);
        P521Field.timesMinus(1, y, 1, v);
    }

    /** Sets h = x2*Z^2 - X and r = y2*Z^3 - Y, both of size 2, and multiplies Z by h. */
    private void chord(long[] h, long[] r, long[] affineX, long[] affineY) {
        f.sqr(s, z);
        f.mul(h, affineX, s);
        P521Field.sub(h, h, x);
        f.mul(r, affineY, z);
        f.mul(r, r, s);
        P521Field.sub(r, r, y);
        f.mul(z, z, h);
    }

    /**
     * Doubles the point P and adds an affine point Q of size 1, as (P + Q) + P.
     *
     * <p>With h and r as in {@link #add}, P + Q has the Z-coordinate Z*h, over which P is (x, y) = (X*h^2, Y*h^3). Both have
     * the same Z, so adding them is cheap (Meloni 2007, as in {@link P521OddMultiples}), and takes no y-coordinate of the
     * sum (Longa and Miri 2008, "New composite operations and precomputation scheme for elliptic curve cryptosystems over
     * prime fields"): with w = r^2 - h^3 - 3*x, the difference of the x-coordinates, and g = r*w + 2*y, minus that of the
     * y-coordinates, X' = g^2 - w^3 - 2*x*w^2, Y' = g*(X' - x*w^2) - y*w^3, Z' = Z*h*w. 13 products and 5 squares.
     */
    void twiceAdd(long[] affineX, long[] affineY) {
        long[] h = t;
        long[] r = u;
        chord(h, r, affineX, affineY);

        long[] cube = t;
        f.sqr(s, h);
        f.mul(x, x, s);
        f.mul(cube, s, h);
        f.mul(y, y, cube);
        long[] w = v;
        f.sqr(w, r);
        P521Field.subBoth(w, cube, 3, x);
        long[] g = u;
        f.mul(g, r, w);
        P521Field.timesMinus(1, g, -2, y);
        f.mul(z, z, w);

        f.sqr(s, w);
        f.mul(w, s, w);
        f.mul(s, x, s);
        f.sqr(x, g);
        P521Field.subBoth(x, w, 2, s);
        f.mul(w, y, w);
        P521Field.sub(s, x, s);
        f.mul(y, g, s);
        P521Field.timesMinus(1, y, 1, w);
    }

    void wipe() {
        Arrays.fill(x, 0);
        Arrays.fill(y, 0);
        Arrays.fill(z, 0);
        Arrays.fill(s, 0);
        Arrays.fill(t, 0);
        Arrays.fill(u, 0);
        Arrays.fill(v, 0);
    }
}
