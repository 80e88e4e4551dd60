package io.panocrypt.crypto.ec;

import java.util.Arrays;

/**
 * The field of integers modulo p = 2^521 - 1, in time that depends on no value.
 *
 * <p>An element is nine signed limbs: a[0] + a[1]*2^58 + ... + a[8]*2^464. Nine limbs of 58 bits make 522, so 2^522 = 2
 * wraps a product, and the top limb holds 57 bits, so 2^521 = 1 wraps a carry. An element has <em>size s</em> if every
 * limb's magnitude is at most s*(2^57 + 2^6), and the top limb's at most s*(2^56 + 2^6). Products and {@link
 * #carry(long[])} give size 1. Sums and differences are limb by limb and add the sizes. {@link #mul} needs sizes below
 * 4 whose product is at most 4, {@link #sqr} a size of at most 2; docs/p521.md derives these bounds. Callers must keep
 * them; nothing checks them at run time.
 *
 * <p>Every array has nine limbs, and a result may be one of the operands. Not thread-safe: each product writes to the
 * fence.
 */
final class P521Field {
    static final int LIMBS = 9;

    static final int BITS = 58;
    static final int TOP_BITS = 57;

    /** Written between the parts of a product and never read, see {@link #mul}. */
    private final long[] fence = new long[LIMBS];

    /**
     * The product r = a*b, by Karatsuba's method over three blocks of three limbs: 54 products of limbs instead of 81.
     *
     * <p>With X = 2^174 and a = A0 + A1*X + A2*X^2, so that X^3 = 2: the products p = A0*B0, q = A1*B1, s = A2*B2, u = (A0
     * - A1)*(B0 - B1), v = (A0 - A2)*(B0 - B2) and w = (A1 - A2)*(B1 - B2), and z = p + q + s, give the coefficients of 1:
     * p + 2*(q + s - w) = 2*(z - w) - p, of X: p + q - u + 2*s = z + s - u, and of X^2: p + s - v + q = z - v. Each product
     * has five columns of low halves, p0 to p4, and five of high halves, ph0 to ph4.
     *
     * <p>The compiler cannot tell that a store to the fence leaves the operands alone, so it loads the next block's limbs
     * only then, instead of holding all of them in registers that it does not have. The order of statements is the fastest
     * of 80 tried.
     */
    void mul(long[] r, long[] a, long[] b) {
        long[] t = fence;
        if (a.length != LIMBS || b.length != LIMBS || r.length != LIMBS || t.length != LIMBS) {
            throw new IllegalArgumentException("an element has nine limbs");
        }
        // p = A0*B0
        long px0 = a[0];
        long px1 = a[1];
        long px2 = a[2];
        long py0 = b[0];
        long py1 = b[1];
        long py2 = b[2];
        long ph4 = high(px2, py2);
        long ph3 = high(px1, py2) + high(px2, py1);
        long ph2 = high(px0, py2) + high(px1, py1) + high(px2, py0);
        long ph1 = high(px0, py1) + high(px1, py0);
        long ph0 = high(px0, py0);
        long p4 = px2 * py2;
        long p3 = px1 * py2 + px2 * py1;
        long p2 = px0 * py2 + px1 * py1 + px2 * py0;
        long p1 = px0 * py1 + px1 * py0;
        long p0 = px0 * py0;
        t[0] = p0;

        // q = A1*B1
        long qx0 = a[3];
        long qx1 = a[4];
        long qx2 = a[5];
        long qy0 = b[3];
        long qy1 = b[4];
        long qy2 = b[5];
        long q4 = qx2 * qy2;
        long q3 = qx1 * qy2 + qx2 * qy1;
        long q2 = qx0 * qy2 + qx1 * qy1 + qx2 * qy0;
        long q1 = qx0 * qy1 + qx1 * qy0;
        long q0 = qx0 * qy0;
        long qh4 = high(qx2, qy2);
        long qh3 = high(qx1, qy2) + high(qx2, qy1);
        long qh2 = high(qx0, qy2) + high(qx1, qy1) + high(qx2, qy0);
        long qh1 = high(qx0, qy1) + high(qx1, qy0);
        long qh0 = high(qx0, qy0);
        t[1] = qh0;

        // s = A2*B2
        long sx0 = a[6];
        long sx1 = a[7];
        long sx2 = a[8];
        long sy0 = b[6];
        long sy1 = b[7];
        long sy2 = b[8];
        long sh4 = high(sx2, sy2);
        long sh3 = high(sx1, sy2) + high(sx2, sy1);
        long sh2 = high(sx0, sy2) + high(sx1, sy1) + high(sx2, sy0);
        long sh1 = high(sx0, sy1) + high(sx1, sy0);
        long sh0 = high(sx0, sy0);
        long s4 = sx2 * sy2;
        long s3 = sx1 * sy2 + sx2 * sy1;
        long s2 = sx0 * sy2 + sx1 * sy1 + sx2 * sy0;
        long s1 = sx0 * sy1 + sx1 * sy0;
        long s0 = sx0 * sy0;
        t[2] = s0;

        // u = (A0 - A1)*(B0 - B1)
        long ux0 = a[0] - a[3];
        long ux1 = a[1] - a[4];
        long ux2 = a[2] - a[5];
        long uy0 = b[0] - b[3];
        long uy1 = b[1] - b[4];
        long uy2 = b[2] - b[5];
        long u4 = ux2 * uy2;
        long u3 = ux1 * uy2 + ux2 * uy1;
        long u2 = ux0 * uy2 + ux1 * uy1 + ux2 * uy0;
        long u1 = ux0 * uy1 + ux1 * uy0;
        long u0 = ux0 * uy0;
        long uh4 = high(ux2, uy2);
        long uh3 = high(ux1, uy2) + high(ux2, uy1);
        long uh2 = high(ux0, uy2) + high(ux1, uy1) + high(ux2, uy0);
        long uh1 = high(ux0, uy1) + high(ux1, uy0);
        long uh0 = high(ux0, uy0);
        t[3] = uh0;

        // v = (A0 - A2)*(B0 - B2)
        long vx0 = a[0] - a[6];
        long vx1 = a[1] - a[7];
        long vx2 = a[2] - a[8];
        long vy0 = b[0] - b[6];
        long vy1 = b[1] - b[7];
        long vy2 = b[2] - b[8];
        long vh4 = high(vx2, vy2);
        long vh3 = high(vx1, vy2) + high(vx2, vy1);
        long vh2 = high(vx0, vy2) + high(vx1, vy1) + high(vx2, vy0);
        long vh1 = high(vx0, vy1) + high(vx1, vy0);
        long vh0 = high(vx0, vy0);
        long v4 = vx2 * vy2;
        long v3 = vx1 * vy2 + vx2 * vy1;
        long v2 = vx0 * vy2 + vx1 * vy1 + vx2 * vy0;
        long v1 = vx0 * vy1 + vx1 * vy0;
        long v0 = vx0 * vy0;
        t[4] = v0;

        // w = (A1 - A2)*(B1 - B2)
        long wx0 = a[3] - a[6];
        long wx1 = a[4] - a[7];
        long wx2 = a[5] - a[8];
        long wy0 = b[3] - b[6];
        long wy1 = b[4] - b[7];
        long wy2 = b[5] - b[8];
        long w4 = wx2 * wy2;
        long w3 = wx1 * wy2 + wx2 * wy1;
        long w2 = wx0 * wy2 + wx1 * wy1 + wx2 * wy0;
        long w1 = wx0 * wy1 + wx1 * wy0;
        long w0 = wx0 * wy0;
        long wh4 = high(wx2, wy2);
        long wh3 = high(wx1, wy2) + high(wx2, wy1);
        long wh2 = high(wx0, wy2) + high(wx1, wy1) + high(wx2, wy0);
        long wh1 = high(wx0, wy1) + high(wx1, wy0);
        long wh0 = high(wx0, wy0);
        t[5] = wh0;

        long z0 = p0 + q0 + s0;
        long z1 = p1 + q1 + s1;
        long z2 = p2 + q2 + s2;
        long z3 = p3 + q3 + s3;
        long z4 = p4 + q4 + s4;
        long zh0 = ph0 + qh0 + sh0;
        long zh1 = ph1 + qh1 + sh1;
        long zh2 = ph2 + qh2 + sh2;
        long zh3 = ph3 + qh3 + sh3;
        long zh4 = ph4 + qh4 + sh4;
        reduce(
                r,
                2 * (z0 - w0) - p0 + 2 * (z3 - v3),
                2 * (z1 - w1) - p1 + 2 * (z4 - v4),
                2 * (z2 - w2) - p2,
                z0 + s0 - u0 + 2 * (z3 - w3) - p3,
                z1 + s1 - u1 + 2 * (z4 - w4) - p4,
                z2 + s2 - u2,
                z0 - v0 + z3 + s3 - u3,
                z1 - v1 + z4 + s4 - u4,
                z2 - v2,
                2 * (zh0 - wh0) - ph0 + 2 * (zh3 - vh3),
                2 * (zh1 - wh1) - ph1 + 2 * (zh4 - vh4),
                2 * (zh2 - wh2) - ph2,
                zh0 + sh0 - uh0 + 2 * (zh3 - wh3) - ph3,
                zh1 + sh1 - uh1 + 2 * (zh4 - wh4) - ph4,
                zh2 + sh2 - uh2,
                zh0 - vh0 + zh3 + sh3 - uh3,
                zh1 - vh1 + zh4 + sh4 - uh4,
                zh2 - vh2);
    }

    /** The high half floor(a*b / 2^58) of a product of factors below 2^60: 58 + 3 + 3 = 64. */
    static long high(long a, long b) {
        return Math.multiplyHigh(a << 3, b << 3);
    }

    /**
     * The square r = a^2, by 45 products of limbs.
     *
     * <p>Column k holds a[i]*a[j] with i + j = k, and twice those with i + j = k + 9, each pair of different limbs
     * twice. A store to the fence ends each low column: it makes the compiler reload the next column's limbs from
     * memory, as part of the multiplication, which needs few registers.
     */
    void sqr(long[] r, long[] a) {
        long[] t = fence;
        if (a.length != LIMBS || r.length != LIMBS || t.length != LIMBS) {
            throw new IllegalArgumentException("an element has nine limbs");
        }
        long h0 = high(a[0], a[0]) + 4 * (high(a[1], a[8]) + high(a[2], a[7]) + high(a[3], a[6]) + high(a[4], a[5]));
        long h1 = 2 * (high(a[0], a[1]) + high(a[5], a[5]))
                + 4 * (high(a[2], a[8]) + high(a[3], a[7]) + high(a[4], a[6]));
        long h2 =
                high(a[1], a[1]) + 2 * high(a[0], a[2]) + 4 * (high(a[3], a[8]) + high(a[4], a[7]) + high(a[5], a[6]));
        long h3 = 2 * (high(a[0], a[3]) + high(a[1], a[2]) + high(a[6], a[6]))
                + 4 * (high(a[4], a[8]) + high(a[5], a[7]));
        long h4 = high(a[2], a[2])
                + 2 * (high(a[0], a[4]) + high(a[1], a[3]))
                + 4 * (high(a[5], a[8]) + high(a[6], a[7]));
        t[0] = h4;
        long h5 =
                2 * (high(a[0], a[5]) + high(a[1], a[4]) + high(a[2], a[3]) + high(a[7], a[7])) + 4 * high(a[6], a[8]);
        long h6 =
                high(a[3], a[3]) + 2 * (high(a[0], a[6]) + high(a[1], a[5]) + high(a[2], a[4])) + 4 * high(a[7], a[8]);
        long h7 = 2 * (high(a[0], a[7]) + high(a[1], a[6]) + high(a[2], a[5]) + high(a[3], a[4]) + high(a[8], a[8]));
        long h8 = high(a[4], a[4]) + 2 * (high(a[0], a[8]) + high(a[1], a[7]) + high(a[2], a[6]) + high(a[3], a[5]));
        t[0] = h8;
        long l0 = a[0] * a[0] + 4 * (a[1] * a[8] + a[2] * a[7] + a[3] * a[6] + a[4] * a[5]);
        t[0] = l0;
        long l1 = 2 * (a[0] * a[1] + a[5] * a[5]) + 4 * (a[2] * a[8] + a[3] * a[7] + a[4] * a[6]);
        t[1] = l1;
        long l2 = a[1] * a[1] + 2 * a[0] * a[2] + 4 * (a[3] * a[8] + a[4] * a[7] + a[5] * a[6]);
        t[2] = l2;
        long l3 = 2 * (a[0] * a[3] + a[1] * a[2] + a[6] * a[6]) + 4 * (a[4] * a[8] + a[5] * a[7]);
        t[3] = l3;
        long l4 = a[2] * a[2] + 2 * (a[0] * a[4] + a[1] * a[3]) + 4 * (a[5] * a[8] + a[6] * a[7]);
        t[4] = l4;
        long l5 = 2 * (a[0] * a[5] + a[1] * a[4] + a[2] * a[3] + a[7] * a[7]) + 4 * a[6] * a[8];
        t[5] = l5;
        long l6 = a[3] * a[3] + 2 * (a[0] * a[6] + a[1] * a[5] + a[2] * a[4]) + 4 * a[7] * a[8];
        t[6] = l6;
        long l7 = 2 * (a[0] * a[7] + a[1] * a[6] + a[2] * a[5] + a[3] * a[4] + a[8] * a[8]);
        t[7] = l7;
        long l8 = a[4] * a[4] + 2 * (a[0] * a[8] + a[1] * a[7] + a[2] * a[6] + a[3] * a[5]);
        reduce(r, l0, l1, l2, l3, l4, l5, l6, l7, l8, h0, h1, h2, h3, h4, h5, h6, h7, h8);
    }

    /**
     * Nine columns of a product as an element of size 1.
     *
     * <p>Column k is known as l_k modulo 2^64, and h_k is the sum of the high halves of its products. l_k - h_k*2^58 is
     * therefore exactly the sum of the low halves, which is small. Each high sum moves one column up; the top one is
     * doubled and moves to the bottom. One parallel round of carries follows. Column 0 gives its excess to column 1
     * first, since it would have no room for the doubled sum.
     */
    private static void reduce(
            long[] r,
            long l0,
            long l1,
            long l2,
            long l3,
            long l4,
            long l5,
            long l6,
            long l7,
            long l8,
            long h0,
            long h1,
            long h2,
            long h3,
            long h4,
            long h5,
            long h6,
            long h7,
            long h8) {
        long low = l0 - (h0 << BITS);
        long excess = low >> BITS;
        long t0 = low - (excess << BITS) + 2 * h8;
        long t1 = l1 - (h1 << BITS) + h0 + excess;
        long t2 = l2 - (h2 << BITS) + h1;
        long t3 = l3 - (h3 << BITS) + h2;
        long t4 = l4 - (h4 << BITS) + h3;
        long t5 = l5 - (h5 << BITS) + h4;
        long t6 = l6 - (h6 << BITS) + h5;
        long t7 = l7 - (h7 << BITS) + h6;
        long t8 = l8 - (h8 << BITS) + h7;
        carry(r, t0, t1, t2, t3, t4, t5, t6, t7, t8);
    }

    /** One parallel round of carries: each limb keeps its low bits as a signed number and passes on the rest. */
    private static void carry(
            long[] r, long t0, long t1, long t2, long t3, long t4, long t5, long t6, long t7, long t8) {
        long r0 = low(t0, BITS);
        long r1 = low(t1, BITS);
        long r2 = low(t2, BITS);
        long r3 = low(t3, BITS);
        long r4 = low(t4, BITS);
        long r5 = low(t5, BITS);
        long r6 = low(t6, BITS);
        long r7 = low(t7, BITS);
        long r8 = low(t8, TOP_BITS);
        r[0] = r0 + ((t8 - r8) >> TOP_BITS);
        r[1] = r1 + ((t0 - r0) >> BITS);
        r[2] = r2 + ((t1 - r1) >> BITS);
        r[3] = r3 + ((t2 - r2) >> BITS);
        r[4] = r4 + ((t3 - r3) >> BITS);
        r[5] = r5 + ((t4 - r4) >> BITS);
        r[6] = r6 + ((t5 - r5) >> BITS);
        r[7] = r7 + ((t6 - r6) >> BITS);
        r[8] = r8 + ((t7 - r7) >> BITS);
    }

    /** The number from -2^(bits-1) to 2^(bits-1) - 1 that is equal to t modulo 2^bits. */
    private static long low(long t, int bits) {
        return t << (64 - bits) >> (64 - bits);
    }

    /** Brings an element of any size up to 16 to size 1. */
    static void carry(long[] r) {
        carry(r, r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8]);
    }

    /** The sum r = a + b; its size is the sum of the sizes. */
    static void add(long[] r, long[] a, long[] b) {
        r[0] = a[0] + b[0];
        r[1] = a[1] + b[1];
        r[2] = a[2] + b[2];
        r[3] = a[3] + b[3];
        r[4] = a[4] + b[4];
        r[5] = a[5] + b[5];
        r[6] = a[6] + b[6];
        r[7] = a[7] + b[7];
        r[8] = a[8] + b[8];
    }

    /** The difference r = a - b; its size is the sum of the sizes. */
    static void sub(long[] r, long[] a, long[] b) {
        r[0] = a[0] - b[0];
        r[1] = a[1] - b[1];
        r[2] = a[2] - b[2];
        r[3] = a[3] - b[3];
        r[4] = a[4] - b[4];
        r[5] = a[5] - b[5];
        r[6] = a[6] - b[6];
        r[7] = a[7] - b[7];
        r[8] = a[8] - b[8];
    }

    /** Multiplies an element in place by a small factor; size times factor is at most 16, and the result has size 1. */
    static void times(long[] r, int factor) {
        carry(
                r,
                factor * r[0],
                factor * r[1],
                factor * r[2],
                factor * r[3],
                factor * r[4],
                factor * r[5],
                factor * r[6],
                factor * r[7],
                factor * r[8]);
    }

    /** Sets r to m*r - n*a, for small factors; the result's size before the carry is at most 16, and r gets size 1. */
    static void timesMinus(int m, long[] r, int n, long[] a) {
        carry(
                r,
                m * r[0] - n * a[0],
                m * r[1] - n * a[1],
                m * r[2] - n * a[2],
                m * r[3] - n * a[3],
                m * r[4] - n * a[4],
                m * r[5] - n * a[5],
                m * r[6] - n * a[6],
                m * r[7] - n * a[7],
                m * r[8] - n * a[8]);
    }

    /** The combination r = 2*a - b; its size is the sum of twice the size of a and the size of b. */
    static void twiceMinus(long[] r, long[] a, long[] b) {
        r[0] = 2 * a[0] - b[0];
        r[1] = 2 * a[1] - b[1];
        r[2] = 2 * a[2] - b[2];
        r[3] = 2 * a[3] - b[3];
        r[4] = 2 * a[4] - b[4];
        r[5] = 2 * a[5] - b[5];
        r[6] = 2 * a[6] - b[6];
        r[7] = 2 * a[7] - b[7];
        r[8] = 2 * a[8] - b[8];
    }

    /** Sets r to r - a - n*b; the result's size before the carry is at most 16, and r gets size 1. */
    static void subBoth(long[] r, long[] a, int n, long[] b) {
        carry(
                r,
                r[0] - a[0] - n * b[0],
                r[1] - a[1] - n * b[1],
                r[2] - a[2] - n * b[2],
                r[3] - a[3] - n * b[3],
                r[4] - a[4] - n * b[4],
                r[5] - a[5] - n * b[5],
                r[6] - a[6] - n * b[6],
                r[7] - a[7] - n * b[7],
                r[8] - a[8] - n * b[8]);
    }

    /**
     * The combination r = u*a + v*b, with size 1, of elements of size 1 and of integers with |u| + |v| <= 2^58.
     *
     * <p>r may be b, but not a.
     */
    static void combine(long[] r, long u, long[] a, long v, long[] b) {
        long carry = 0;
        for (int i = 0; i < LIMBS; i++) {
            long high = high(u, a[i]) + high(v, b[i]);
            r[i] = u * a[i] + v * b[i] - (high << BITS) + carry;
            carry = high;
        }
        r[0] += 2 * carry;
        carry(r);
    }

    /** Replaces r by -r where the mask is -1, and leaves it where the mask is 0. */
    static void negateIf(long mask, long[] r) {
        for (int i = 0; i < LIMBS; i++) {
            r[i] = (r[i] ^ mask) - mask;
        }
    }

    static void copy(long[] r, long[] a) {
        System.arraycopy(a, 0, r, 0, LIMBS);
    }

    static void setOne(long[] r) {
        r[0] = 1;
        for (int i = 1; i < LIMBS; i++) {
            r[i] = 0;
        }
    }

    /** Clears what the products stored in the fence. */
    void wipe() {
        Arrays.fill(fence, 0);
    }
}
