package io.panocrypt.crypto.ec;

import java.util.Arrays;

/**
 * The inverse in the field by division steps on (f, g), which start as (p, a) and end as (1, 0) or (-1, 0).
 *
 * <p>Bernstein and Yang 2019, "Fast constant-time gcd computation and modular inversion", with delta starting at 1/2
 * (Wuille 2021, "The safegcd implementation in libsecp256k1 explained"): a number of 521 bits needs at most (45907 *
 * 521 + 26313) / 19929 = 1201 steps. They run in 21 batches of 58. Each batch works on the low bits only and gives a
 * matrix, which is then applied to the full numbers. (d, e) follow with d*a = f*2^(58*batches) and e*a =
 * g*2^(58*batches) modulo p; the power of two is removed at the end. The number of steps is fixed, and no step
 * branches. Not thread-safe.
 */
final class P521Inverse {
    static final int BATCHES = 21;
    static final int STEPS = 58;

    private static final long MASK = (1L << STEPS) - 1;

    private final P521Field field;

    /** Integers from -p to p in limbs of 58 bits; only the top limb may be negative. */
    private final long[] f = new long[P521Field.LIMBS];

    private final long[] g = new long[P521Field.LIMBS];

    /** Elements of the field. */
    private final long[] d = new long[P521Field.LIMBS];

    private final long[] e = new long[P521Field.LIMBS];
    private final long[] oldD = new long[P521Field.LIMBS];

    /** The matrix of a batch: f becomes (u*f + v*g) / 2^58, and g becomes (q*f + r*g) / 2^58. */
    private long u;

    private long v;
    private long q;
    private long r;

    /** -(delta + 1/2): negative if and only if delta is positive. */
    private long zeta;

    P521Inverse(P521Field field) {
        this.field = field;
    }

    /** Sets the result to 1/a, or to 0 if a is 0; a has a size of at most 3, the result size 1. */
    void invert(long[] result, long[] a) {
        P521Codec.setPrime(f);
        P521Codec.canonical(g, a);
        Arrays.fill(d, 0);
        P521Field.setOne(e);
        zeta = -1;
        for (int batch = 0; batch < BATCHES; batch++) {
            steps(f[0], g[0]);
            applyToIntegers();
            P521Field.copy(oldD, d);
            P521Field.combine(d, u, oldD, v, e);
            P521Field.combine(e, q, oldD, r, e);
        }
        P521Field.negateIf(f[P521Field.LIMBS - 1] >> 63, d);
        // 2^521 = 1, hence 2^-(58 * 21) = 2^-1218 = 2^(3 * 521 - 1218) = 2^345 = 2^(5 * 58 + 55).
        Arrays.fill(e, 0);
        e[5] = 1L << 55;
        field.mul(result, d, e);
    }

    /**
     * Runs 58 steps on the low bits of f and g and sets the matrix.
     *
     * <p>A step: if delta > 0 and g is odd, (delta, f, g) becomes (1 - delta, g, (g - f)/2); otherwise (1 + delta, f, (g +
     * (g mod 2)*f)/2). Instead of halving g's row of the matrix, f's is doubled.
     */
    private void steps(long lowF, long lowG) {
        long f0 = lowF;
        long g0 = lowG;
        long fu = 1;
        long fv = 0;
        long gq = 0;
        long gr = 1;
        long z = zeta;
        for (int i = 0; i < STEPS; i++) {
            long positive = z >> 63;
            long odd = -(g0 & 1);
            g0 += ((f0 ^ positive) - positive) & odd;
            gq += ((fu ^ positive) - positive) & odd;
            gr += ((fv ^ positive) - positive) & odd;
            long swap = positive & odd;
            z = (z ^ swap) - 1;
            // g now holds g - f, so adding f restores the old g.
            f0 += g0 & swap;
            fu += gq & swap;
            fv += gr & swap;
            g0 >>= 1;
            fu <<= 1;
            fv <<= 1;
        }
        u = fu;
        v = fv;
        q = gq;
        r = gr;
        zeta = z;
    }

    /** Applies the matrix to f and g; both sums are multiples of 2^58, so the division drops a limb that is 0. */
    private void applyToIntegers() {
        long carryF = 0;
        long carryG = 0;
        for (int i = 0; i < P521Field.LIMBS; i++) {
            long fi = f[i];
            long gi = g[i];
            long highF = P521Field.high(u, fi) + P521Field.high(v, gi);
            long highG = P521Field.high(q, fi) + P521Field.high(r, gi);
            long lowF = u * fi + v * gi - (highF << STEPS) + carryF;
            long lowG = q * fi + r * gi - (highG << STEPS) + carryG;
            if (i > 0) {
                f[i - 1] = lowF & MASK;
                g[i - 1] = lowG & MASK;
            }
            carryF = highF + (lowF >> STEPS);
            carryG = highG + (lowG >> STEPS);
        }
        f[P521Field.LIMBS - 1] = carryF;
        g[P521Field.LIMBS - 1] = carryG;
    }

    void wipe() {
        Arrays.fill(f, 0);
        Arrays.fill(g, 0);
        Arrays.fill(d, 0);
        Arrays.fill(e, 0);
        Arrays.fill(oldD, 0);
        u = 0;
        v = 0;
        q = 0;
        r = 0;
        zeta = 0;
    }
}
