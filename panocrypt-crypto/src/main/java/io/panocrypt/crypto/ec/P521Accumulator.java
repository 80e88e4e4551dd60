package io.panocrypt.crypto.ec;

import java.util.Arrays;

/**
 * The running point of a multiplication, in modified Jacobian coordinates (X, Y, Z, W = a*Z^4) on y^2 = x^3 + a*x + b'.
 *
 * <p>X, Z and W have size 1, Y has size 2 (see {@link P521Field}). The formulas know neither infinity nor, in an
 * addition, equal x-coordinates; docs/p521.md proves that a multiplication meets neither. Not thread-safe.
 */
final class P521Accumulator {
    private final P521Field f;
    final long[] x = new long[P521Field.LIMBS];
    final long[] y = new long[P521Field.LIMBS];
    final long[] z = new long[P521Field.LIMBS];
    private final long[] w = new long[P521Field.LIMBS];
    private final long[] a = new long[P521Field.LIMBS];
    private final long[] s = new long[P521Field.LIMBS];
    private final long[] t = new long[P521Field.LIMBS];
    private final long[] u = new long[P521Field.LIMBS];
    private final long[] v = new long[P521Field.LIMBS];

    P521Accumulator(P521Field field) {
        this.f = field;
    }

    /**
     * Sets the curve to the one where points of P-521 over a common Z are affine: a = -3*commonZ^4.
     *
     * @param commonZ of size 1
     */
    void setCurve(long[] commonZ) {
        f.sqr(t, commonZ);
        f.sqr(t, t);
        for (int i = 0; i < P521Field.LIMBS; i++) {
            a[i] = -3 * t[i];
        }
        P521Field.carry(a);
    }

    /** Sets the point to an affine one of size 1 on the curve. */
    void set(long[] affineX, long[] affineY) {
        P521Field.copy(x, affineX);
        P521Field.copy(y, affineY);
        P521Field.setOne(z);
        P521Field.copy(w, a);
    }

    /**
     * Doubles the point the given number of times, and leaves W stale: an addition has no use for it.
     *
     * <p>Each step is the doubling of Cohen, Miyaji and Ono 1998 ("Efficient elliptic curve exponentiation using mixed
     * coordinates") with Z halved, which takes X/4 and Y/8 along: with M = (3*X^2 + W)/2 and S = X*Y^2 the double is X' =
     * M^2 - 2S, Y' = M*(S - X') - Y^4, Z' = Y*Z, W' = Y^4*W. 4 products and 4 squares.
     */
    void doubleTimes(int times) {
        for (int i = 1; i < times; i++) {
            f.mul(w, twice(), w);
        }
        twice();
    }

    /** One doubling but for W; gives Y^4, by which W must be multiplied. */
    private long[] twice() {
        long[] m = t;
        f.sqr(m, x);
        P521Field.halfOfTriplePlus(m, m, w);
        f.mul(z, y, z);
        f.sqr(u, y);
        f.mul(s, x, u);
        f.sqr(u, u);
        f.sqr(x, m);
        P521Field.subTwice(x, x, s);
        P521Field.sub(s, s, x);
        f.mul(y, m, s);
        P521Field.sub(y, y, u);
        return u;
    }

    /**
     * Adds an affine point of size 1, and leaves W stale; see {@link #refresh()}.
     *
     * <p>Mixed addition (Cohen, Miyaji and Ono 1998): with H = x2*Z^2 - X and R = y2*Z^3 - Y the sum is X' = R^2 - H^3 -
     * 2*X*H^2, Y' = R*(X*H^2 - X') - Y*H^3, Z' = Z*H. 8 products and 3 squares.
     */
    void add(long[] affineX, long[] affineY) {
        long[] h = t;
        long[] r = u;
        f.sqr(s, z);
        f.mul(h, affineX, s);
        P521Field.sub(h, h, x);
        f.mul(r, affineY, z);
        f.mul(r, r, s);
        P521Field.sub(r, r, y);
        P521Field.carry(r);
        f.mul(z, z, h);
        f.sqr(s, h);
        f.mul(h, s, h);
        f.mul(s, x, s);
        f.sqr(x, r);
        for (int i = 0; i < P521Field.LIMBS; i++) {
            x[i] -= h[i] + 2 * s[i];
        }
        P521Field.carry(x);
        f.mul(v, y, h);
        P521Field.sub(s, s, x);
        f.mul(y, r, s);
        P521Field.sub(y, y, v);
    }

    /** Computes W = a*Z^4 afresh, which doublings after an addition need. */
    void refresh() {
        f.sqr(t, z);
        f.sqr(t, t);
        f.mul(w, a, t);
    }

    void wipe() {
        for (long[] element : new long[][] {x, y, z, w, a, s, t, u, v}) {
            Arrays.fill(element, 0);
        }
    }
}
