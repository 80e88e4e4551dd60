package io.panocrypt.crypto.ec;

import java.util.Arrays;

/**
 * The field of integers modulo p = 2^521 - 1, with a scratch area of its own, in time that depends on no value.
 *
 * <p>An element is nine signed limbs: a[0] + a[1]*2^58 + ... + a[8]*2^464. Nine limbs of 58 bits make 522, so 2^522 = 2
 * wraps a product, and the top limb holds 57 bits, so 2^521 = 1 wraps a carry. An element has <em>size s</em> if every
 * limb's magnitude is at most s*(2^57 + 2^6), and the top limb's at most s*(2^56 + 2^6). Products and
 * {@link #carry(long[])} give size 1. Sums and differences are limb by limb and add the sizes. {@link #mul} wants sizes
 * below 4 whose product is at most 4, {@link #sqr} a size of at most 2; docs/p521.md derives these bounds. Callers keep
 * them; nothing checks them while running.
 *
 * <p>Every array has nine limbs, and a result may be one of the operands. Not thread-safe: the scratch area is written
 * by each product.
 */
final class P521Field {
    static final int LIMBS = 9;

    static final int BITS = 58;
    static final int TOP_BITS = 57;
    private static final long HALF = 1L << (BITS - 1);
    private static final long TOP_HALF = 1L << (TOP_BITS - 1);

    /** Where the scratch area holds the columns of each block product: five low halves, then five high halves. */
    private static final int P0 = 0;

    private static final int P1 = 10;
    private static final int P2 = 20;
    private static final int D01 = 30;
    private static final int D02 = 40;
    private static final int D12 = 50;
    private static final int HIGH = 5;

    private final long[] scratch = new long[60];

    /**
     * The product r = a*b, by Karatsuba's method over three blocks of three limbs: 54 products of limbs instead of 81.
     *
     * <p>With X = 2^174 and a = A0 + A1*X + A2*X^2, so that X^3 = 2: Pi = Ai*Bi and Dij = (Ai - Aj)*(Bi - Bj) give Ai*Bj
     * + Aj*Bi = Pi + Pj - Dij. The blocks pass through the scratch area because that keeps the compiler from holding
     * all 60 columns in registers that it does not have.
     */
    void mul(long[] r, long[] a, long[] b) {
        long[] t = scratch;
        if (a.length != LIMBS || b.length != LIMBS || r.length != LIMBS || t.length != 60) {
            throw new IllegalArgumentException("an element has nine limbs");
        }
        block(t, P0, a[0], a[1], a[2], b[0], b[1], b[2]);
        block(t, P1, a[3], a[4], a[5], b[3], b[4], b[5]);
        block(t, P2, a[6], a[7], a[8], b[6], b[7], b[8]);
        block(t, D01, a[0] - a[3], a[1] - a[4], a[2] - a[5], b[0] - b[3], b[1] - b[4], b[2] - b[5]);
        block(t, D02, a[0] - a[6], a[1] - a[7], a[2] - a[8], b[0] - b[6], b[1] - b[7], b[2] - b[8]);
        block(t, D12, a[3] - a[6], a[4] - a[7], a[5] - a[8], b[3] - b[6], b[4] - b[7], b[5] - b[8]);
        reduce(
                r,
                block0(t, 0) + 2 * block2(t, 3),
                block0(t, 1) + 2 * block2(t, 4),
                block0(t, 2),
                block1(t, 0) + block0(t, 3),
                block1(t, 1) + block0(t, 4),
                block1(t, 2),
                block2(t, 0) + block1(t, 3),
                block2(t, 1) + block1(t, 4),
                block2(t, 2),
                block0(t, HIGH) + 2 * block2(t, HIGH + 3),
                block0(t, HIGH + 1) + 2 * block2(t, HIGH + 4),
                block0(t, HIGH + 2),
                block1(t, HIGH) + block0(t, HIGH + 3),
                block1(t, HIGH + 1) + block0(t, HIGH + 4),
                block1(t, HIGH + 2),
                block2(t, HIGH) + block1(t, HIGH + 3),
                block2(t, HIGH + 1) + block1(t, HIGH + 4),
                block2(t, HIGH + 2));
    }

    /** The product of two blocks of three limbs, as five columns of low halves at t[at] and of high halves behind. */
    private static void block(long[] t, int at, long a0, long a1, long a2, long b0, long b1, long b2) {
        t[at] = a0 * b0;
        t[at + 1] = a0 * b1 + a1 * b0;
        t[at + 2] = a0 * b2 + a1 * b1 + a2 * b0;
        t[at + 3] = a1 * b2 + a2 * b1;
        t[at + 4] = a2 * b2;
        long u0 = a0 << 3;
        long u1 = a1 << 3;
        long u2 = a2 << 3;
        long v0 = b0 << 3;
        long v1 = b1 << 3;
        long v2 = b2 << 3;
        t[at + HIGH] = high(u0, v0);
        t[at + HIGH + 1] = high(u0, v1) + high(u1, v0);
        t[at + HIGH + 2] = high(u0, v2) + high(u1, v1) + high(u2, v0);
        t[at + HIGH + 3] = high(u1, v2) + high(u2, v1);
        t[at + HIGH + 4] = high(u2, v2);
    }

    /** The high half floor(a*b / 2^58) of a product whose factors were both shifted left by 3, since 58 + 3 + 3 = 64. */
    static long high(long a8, long b8) {
        return Math.multiplyHigh(a8, b8);
    }

    /** Column j of the coefficient of 1: A0*B0 + 2*(A1*B2 + A2*B1). */
    private static long block0(long[] t, int j) {
        return 2 * (diagonal(t, j) - t[D12 + j]) - t[P0 + j];
    }

    /** Column j of the coefficient of X: A0*B1 + A1*B0 + 2*A2*B2. */
    private static long block1(long[] t, int j) {
        return diagonal(t, j) + t[P2 + j] - t[D01 + j];
    }

    /** Column j of the coefficient of X^2: A0*B2 + A1*B1 + A2*B0. */
    private static long block2(long[] t, int j) {
        return diagonal(t, j) - t[D02 + j];
    }

    private static long diagonal(long[] t, int j) {
        return t[P0 + j] + t[P1 + j] + t[P2 + j];
    }

    /** The square r = a^2, by 45 products of limbs. */
    void sqr(long[] r, long[] a) {
        if (a.length != LIMBS || r.length != LIMBS) {
            throw new IllegalArgumentException("an element has nine limbs");
        }
        long a0 = a[0];
        long a1 = a[1];
        long a2 = a[2];
        long a3 = a[3];
        long a4 = a[4];
        long a5 = a[5];
        long a6 = a[6];
        long a7 = a[7];
        long a8 = a[8];
        long u0 = a0 << 3;
        long u1 = a1 << 3;
        long u2 = a2 << 3;
        long u3 = a3 << 3;
        long u4 = a4 << 3;
        long u5 = a5 << 3;
        long u6 = a6 << 3;
        long u7 = a7 << 3;
        long u8 = a8 << 3;
        reduce(
                r,
                a0 * a0 + 4 * (a1 * a8 + a2 * a7 + a3 * a6 + a4 * a5),
                2 * (a0 * a1 + 2 * (a2 * a8 + a3 * a7 + a4 * a6) + a5 * a5),
                a1 * a1 + 2 * (a0 * a2 + 2 * (a3 * a8 + a4 * a7 + a5 * a6)),
                2 * (a0 * a3 + a1 * a2 + 2 * (a4 * a8 + a5 * a7) + a6 * a6),
                a2 * a2 + 2 * (a0 * a4 + a1 * a3 + 2 * (a5 * a8 + a6 * a7)),
                2 * (a0 * a5 + a1 * a4 + a2 * a3 + 2 * (a6 * a8) + a7 * a7),
                a3 * a3 + 2 * (a0 * a6 + a1 * a5 + a2 * a4 + 2 * (a7 * a8)),
                2 * (a0 * a7 + a1 * a6 + a2 * a5 + a3 * a4 + a8 * a8),
                a4 * a4 + 2 * (a0 * a8 + a1 * a7 + a2 * a6 + a3 * a5),
                high(u0, u0) + 4 * (high(u1, u8) + high(u2, u7) + high(u3, u6) + high(u4, u5)),
                2 * (high(u0, u1) + 2 * (high(u2, u8) + high(u3, u7) + high(u4, u6)) + high(u5, u5)),
                high(u1, u1) + 2 * (high(u0, u2) + 2 * (high(u3, u8) + high(u4, u7) + high(u5, u6))),
                2 * (high(u0, u3) + high(u1, u2) + 2 * (high(u4, u8) + high(u5, u7)) + high(u6, u6)),
                high(u2, u2) + 2 * (high(u0, u4) + high(u1, u3) + 2 * (high(u5, u8) + high(u6, u7))),
                2 * (high(u0, u5) + high(u1, u4) + high(u2, u3) + 2 * high(u6, u8) + high(u7, u7)),
                high(u3, u3) + 2 * (high(u0, u6) + high(u1, u5) + high(u2, u4) + 2 * high(u7, u8)),
                2 * (high(u0, u7) + high(u1, u6) + high(u2, u5) + high(u3, u4) + high(u8, u8)),
                high(u4, u4) + 2 * (high(u0, u8) + high(u1, u7) + high(u2, u6) + high(u3, u5)));
    }

    /**
     * Nine columns of a product as an element of size 1.
     *
     * <p>Column k is worth l_k modulo 2^64, and h_k is the sum of the high halves of its products, so that l_k - h_k*2^58
     * is exactly the sum of the low halves, which is small. The high sum goes one column up, from the top one doubled to
     * the bottom, and one round of carries that all run at once ends it. Column 0 gives its excess to column 1 first,
     * because it would not have room for the doubled one.
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

    /** One round of carries to the nearest, all at once. */
    private static void carry(
            long[] r, long t0, long t1, long t2, long t3, long t4, long t5, long t6, long t7, long t8) {
        long c0 = (t0 + HALF) >> BITS;
        long c1 = (t1 + HALF) >> BITS;
        long c2 = (t2 + HALF) >> BITS;
        long c3 = (t3 + HALF) >> BITS;
        long c4 = (t4 + HALF) >> BITS;
        long c5 = (t5 + HALF) >> BITS;
        long c6 = (t6 + HALF) >> BITS;
        long c7 = (t7 + HALF) >> BITS;
        long c8 = (t8 + TOP_HALF) >> TOP_BITS;
        r[0] = t0 - (c0 << BITS) + c8;
        r[1] = t1 - (c1 << BITS) + c0;
        r[2] = t2 - (c2 << BITS) + c1;
        r[3] = t3 - (c3 << BITS) + c2;
        r[4] = t4 - (c4 << BITS) + c3;
        r[5] = t5 - (c5 << BITS) + c4;
        r[6] = t6 - (c6 << BITS) + c5;
        r[7] = t7 - (c7 << BITS) + c6;
        r[8] = t8 - (c8 << TOP_BITS) + c7;
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

    /** Sets r to m*r - n*a, with small factors; what that would have as a size is at most 16, and r gets size 1. */
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

    /** Subtracts a and b from r in place; their sizes add up to at most 16, and the result has size 1. */
    static void subBoth(long[] r, long[] a, long[] b) {
        carry(
                r,
                r[0] - a[0] - b[0],
                r[1] - a[1] - b[1],
                r[2] - a[2] - b[2],
                r[3] - a[3] - b[3],
                r[4] - a[4] - b[4],
                r[5] - a[5] - b[5],
                r[6] - a[6] - b[6],
                r[7] - a[7] - b[7],
                r[8] - a[8] - b[8]);
    }

    /**
     * The combination r = u*a + v*b, with size 1, of elements of size 1 and of integers with |u| + |v| <= 2^58.
     *
     * <p>r may be b, but not a.
     */
    static void combine(long[] r, long u, long[] a, long v, long[] b) {
        long carry = 0;
        for (int i = 0; i < LIMBS; i++) {
            long high = high(u << 3, a[i] << 3) + high(v << 3, b[i] << 3);
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

    /** Clears what the products left behind. */
    void wipe() {
        Arrays.fill(scratch, 0);
    }
}
