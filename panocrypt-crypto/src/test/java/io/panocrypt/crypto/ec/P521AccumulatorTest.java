package io.panocrypt.crypto.ec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Compares the point formulas with the textbook's over BigInteger, step by step, on coordinates whose limbs are at the
 * limits of size 1. The formulas are identities in any X, Y and Z, so the points need not lie on the curve.
 */
class P521AccumulatorTest {
    private static final BigInteger P = Curve.P_521.p();
    private static final BigInteger THREE = BigInteger.valueOf(3);
    private static final long SEED = 1201;

    private final P521Accumulator q = new P521Accumulator(new P521Field());
    private final long[] affineX = new long[P521Field.LIMBS];
    private final long[] affineY = new long[P521Field.LIMBS];

    /** What one step of a multiplication does to the point (x, y) and the addend. */
    private enum Step {
        TWICE {
            @Override
            void run(P521Accumulator q, long[] x, long[] y) {
                q.twice();
            }

            @Override
            BigInteger[] expected(BigInteger[] p, BigInteger[] addend) {
                return sum(p, p);
            }
        },
        ADD {
            @Override
            void run(P521Accumulator q, long[] x, long[] y) {
                q.add(x, y);
            }

            @Override
            BigInteger[] expected(BigInteger[] p, BigInteger[] addend) {
                return sum(p, addend);
            }
        },
        TWICE_ADD {
            @Override
            void run(P521Accumulator q, long[] x, long[] y) {
                q.twiceAdd(x, y);
            }

            @Override
            BigInteger[] expected(BigInteger[] p, BigInteger[] addend) {
                return sum(sum(p, addend), p);
            }
        };

        abstract void run(P521Accumulator q, long[] x, long[] y);

        abstract BigInteger[] expected(BigInteger[] p, BigInteger[] addend);
    }

    /** The sum by chord or tangent on a curve with a = -3. */
    private static BigInteger[] sum(BigInteger[] p, BigInteger[] q) {
        BigInteger slope = p == q
                ? THREE.multiply(p[0].pow(2).subtract(BigInteger.ONE))
                        .multiply(p[1].shiftLeft(1).modInverse(P))
                : q[1].subtract(p[1]).multiply(q[0].subtract(p[0]).modInverse(P));
        BigInteger x = slope.pow(2).subtract(p[0]).subtract(q[0]).mod(P);
        return new BigInteger[] {
            x, slope.multiply(p[0].subtract(x)).subtract(p[1]).mod(P)
        };
    }

    private static BigInteger value(long[] a) {
        BigInteger sum = BigInteger.ZERO;
        for (int i = P521Field.LIMBS - 1; i >= 0; i--) {
            sum = sum.shiftLeft(P521Field.BITS).add(BigInteger.valueOf(a[i]));
        }
        return sum.mod(P);
    }

    private BigInteger[] affine() {
        BigInteger inverse = value(q.z).modInverse(P);
        return new BigInteger[] {
            value(q.x).multiply(inverse.pow(2)).mod(P),
            value(q.y).multiply(inverse.pow(3)).mod(P)
        };
    }

    private static long limit(int limb) {
        return limb == P521Field.LIMBS - 1 ? (1L << 56) + (1 << 6) : (1L << 57) + (1 << 6);
    }

    /** Fills in a random element of size 1; most of its limbs are as large as allowed. */
    private static void fill(long[] a, Random random) {
        for (int i = 0; i < P521Field.LIMBS; i++) {
            long most = limit(i);
            a[i] = switch (random.nextInt(4)) {
                case 0 -> most;
                case 1 -> -most;
                case 2 -> 0;
                default -> Math.floorMod(random.nextLong(), 2 * most + 1) - most;
            };
        }
    }

    private static void assertSizeOne(long[] a) {
        for (int i = 0; i < P521Field.LIMBS; i++) {
            assertTrue(Math.abs(a[i]) <= limit(i), () -> "seed " + SEED + " gives " + Arrays.toString(a));
        }
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void isRightAndBoundedAtTheLimitsOfLimbs(Step step) {
        Random random = new Random(SEED);
        for (int i = 0; i < 1000; i++) {
            for (long[] a : new long[][] {q.x, q.y, q.z, affineX, affineY}) {
                fill(a, random);
            }
            BigInteger[] expected = step.expected(affine(), new BigInteger[] {value(affineX), value(affineY)});
            step.run(q, affineX, affineY);
            int round = i;
            assertEquals(
                    Arrays.asList(expected),
                    Arrays.asList(affine()),
                    () -> step + ", seed " + SEED + ", round " + round);
            assertSizeOne(q.x);
            assertSizeOne(q.y);
            assertSizeOne(q.z);
        }
    }
}
