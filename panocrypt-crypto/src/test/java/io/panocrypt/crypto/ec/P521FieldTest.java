package io.panocrypt.crypto.ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.Oracle;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares our field with BigInteger, at the limits of the limbs that docs/p521.md derives. */
class P521FieldTest {
    private static final BigInteger P = Curve.P_521.p();
    private static final long SEED = 521;

    private final P521Field field = new P521Field();
    private final P521Inverse inverse = new P521Inverse(field);
    private final long[] scratch = new long[P521Field.LIMBS];

    /** The largest magnitude of a limb in an element of size 1. */
    private static long limit(int limb) {
        return limb == P521Field.LIMBS - 1 ? (1L << 56) + (1 << 6) : (1L << 57) + (1 << 6);
    }

    private static BigInteger value(long[] a) {
        BigInteger sum = BigInteger.ZERO;
        for (int i = P521Field.LIMBS - 1; i >= 0; i--) {
            sum = sum.shiftLeft(58).add(BigInteger.valueOf(a[i]));
        }
        return sum.mod(P);
    }

    private static void assertSizeOne(long[] a, Supplier<String> what) {
        for (int i = 0; i < P521Field.LIMBS; i++) {
            assertTrue(Math.abs(a[i]) <= limit(i), () -> what.get() + " gives " + Arrays.toString(a));
        }
    }

    private void assertElement(BigInteger expected, long[] a, Supplier<String> what) {
        assertEquals(expected, value(a), what);
        assertSizeOne(a, what);
        assertArrayEquals(Oracle.bytes(Curve.P_521, expected), encoded(a), what);
    }

    private byte[] encoded(long[] a) {
        byte[] bytes = new byte[P521Codec.BYTES];
        P521Codec.encode(bytes, a, scratch);
        return bytes;
    }

    private static long[] element(BigInteger value) {
        long[] a = new long[P521Field.LIMBS];
        P521Codec.decode(a, Oracle.bytes(Curve.P_521, value));
        return a;
    }

    /** Elements of a size whose limbs are all extreme: equal signs, alternating signs, a single limb, random signs. */
    private static List<long[]> extremes(int size, Random random) {
        List<long[]> all = new ArrayList<>();
        for (int pattern = 0; pattern < 4 + 2 * P521Field.LIMBS + 40; pattern++) {
            long[] a = new long[P521Field.LIMBS];
            for (int i = 0; i < P521Field.LIMBS; i++) {
                int sign;
                if (pattern < 2) {
                    sign = 1 - 2 * pattern;
                } else if (pattern < 4) {
                    sign = (i + pattern) % 2 * 2 - 1;
                } else if (pattern < 4 + 2 * P521Field.LIMBS) {
                    sign = (pattern - 4) / 2 == i ? (pattern % 2) * 2 - 1 : 0;
                } else {
                    sign = random.nextInt(3) - 1;
                }
                a[i] = sign * size * limit(i);
            }
            all.add(a);
        }
        return all;
    }

    private static long[] anyElement(int size, Random random) {
        long[] a = new long[P521Field.LIMBS];
        for (int i = 0; i < P521Field.LIMBS; i++) {
            long bound = size * limit(i);
            a[i] = random.nextInt(8) == 0 ? bound : Math.floorMod(random.nextLong(), 2 * bound + 1) - bound;
        }
        return a;
    }

    @Nested
    class WhenMultiplying {
        @ParameterizedTest
        @CsvSource({"1,1", "1,2", "2,1", "2,2", "1,3", "3,1"})
        void isRightAndBoundedAtTheLimitsOfSizes(int sizeA, int sizeB) {
            Random random = new Random(SEED);
            for (long[] a : extremes(sizeA, random)) {
                for (long[] b : extremes(sizeB, random)) {
                    assertProduct(a, b);
                }
            }
        }

        @ParameterizedTest
        @CsvSource({"1,1", "2,2", "3,1"})
        void isRightForAnyLimbs(int sizeA, int sizeB) {
            Random random = new Random(SEED);
            for (int i = 0; i < 2_000; i++) {
                assertProduct(anyElement(sizeA, random), anyElement(sizeB, random));
            }
        }

        private void assertProduct(long[] a, long[] b) {
            long[] r = new long[P521Field.LIMBS];
            Supplier<String> what = () -> Arrays.toString(a) + " * " + Arrays.toString(b);
            BigInteger expected = value(a).multiply(value(b)).mod(P);
            field.mul(r, a, b);
            assertElement(expected, r, what);
        }

        @Test
        void mayWriteOverEitherFactor() {
            Random random = new Random(SEED);
            long[] a = anyElement(1, random);
            long[] b = anyElement(1, random);
            long[] r = new long[P521Field.LIMBS];
            field.mul(r, a, b);
            long[] overA = a.clone();
            field.mul(overA, overA, b);
            long[] overB = b.clone();
            field.mul(overB, a, overB);
            assertArrayEquals(r, overA);
            assertArrayEquals(r, overB);
        }
    }

    @Nested
    class WhenSquaring {
        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void isRightAndBoundedAtTheLimitsOfSizes(int size) {
            Random random = new Random(SEED);
            List<long[]> all = extremes(size, random);
            for (int i = 0; i < 2_000; i++) {
                all.add(anyElement(size, random));
            }
            for (long[] a : all) {
                long[] r = new long[P521Field.LIMBS];
                field.sqr(r, a);
                assertElement(value(a).modPow(BigInteger.TWO, P), r, () -> Arrays.toString(a) + " squared");
            }
        }
    }

    @Nested
    class WhenCarrying {
        @ParameterizedTest
        @ValueSource(ints = {1, 3, 7, 16})
        void keepsTheValueAndReachesSizeOne(int size) {
            Random random = new Random(SEED);
            List<long[]> all = extremes(size, random);
            for (int i = 0; i < 500; i++) {
                all.add(anyElement(size, random));
            }
            for (long[] a : all) {
                BigInteger before = value(a);
                P521Field.carry(a);
                assertElement(before, a, () -> "size " + size);
            }
        }

        @ParameterizedTest
        @CsvSource({"1,1", "9,4", "3,2", "8,8"})
        void scalesSubtractsAndReachesSizeOne(int m, int n) {
            Random random = new Random(SEED);
            for (long[] a : extremes(1, random)) {
                for (long[] b : extremes(1, random)) {
                    long[] r = a.clone();
                    P521Field.timesMinus(m, r, n, b);
                    BigInteger expected = value(a).multiply(BigInteger.valueOf(m))
                            .subtract(value(b).multiply(BigInteger.valueOf(n)))
                            .mod(P);
                    assertElement(
                            expected, r, () -> m + "*" + Arrays.toString(a) + " - " + n + "*" + Arrays.toString(b));
                }
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {2, 3, 4, 8, 16})
        void multipliesBySmallFactors(int factor) {
            Random random = new Random(SEED);
            for (long[] a : extremes(1, random)) {
                BigInteger expected =
                        value(a).multiply(BigInteger.valueOf(factor)).mod(P);
                P521Field.times(a, factor);
                assertElement(expected, a, () -> "times " + factor);
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3})
        void subtractsTwoAtOnce(int factor) {
            Random random = new Random(SEED);
            for (int i = 0; i < 500; i++) {
                long[] r = anyElement(3, random);
                long[] a = anyElement(3, random);
                long[] b = anyElement(3, random);
                BigInteger expected = value(r).subtract(value(a))
                        .subtract(value(b).multiply(BigInteger.valueOf(factor)))
                        .mod(P);
                P521Field.subBoth(r, a, factor, b);
                assertElement(expected, r, () -> "seed " + SEED);
            }
        }

        @Test
        void doublesAndSubtracts() {
            Random random = new Random(SEED);
            long[] a = anyElement(1, random);
            long[] b = anyElement(1, random);
            long[] r = new long[P521Field.LIMBS];
            P521Field.twiceMinus(r, a, b);
            assertEquals(value(a).shiftLeft(1).subtract(value(b)).mod(P), value(r));
        }

        @Test
        void combinesWithMatrixEntriesAtTheirLimits() {
            Random random = new Random(SEED);
            long most = 1L << 58;
            for (long[] uv :
                    new long[][] {{most, 0}, {0, -most}, {most / 2, most / 2}, {-most / 2, most / 2}, {1, -1}}) {
                for (long[] a : extremes(1, random)) {
                    long[] b = anyElement(1, random);
                    long[] r = b.clone();
                    P521Field.combine(r, uv[0], a, uv[1], r);
                    BigInteger expected = value(a).multiply(BigInteger.valueOf(uv[0]))
                            .add(value(b).multiply(BigInteger.valueOf(uv[1])))
                            .mod(P);
                    assertElement(expected, r, () -> Arrays.toString(uv) + " of " + Arrays.toString(a));
                }
            }
        }

        @Test
        void addsSubtractsAndNegates() {
            Random random = new Random(SEED);
            long[] a = anyElement(1, random);
            long[] b = anyElement(1, random);
            long[] r = new long[P521Field.LIMBS];
            P521Field.add(r, a, b);
            assertEquals(value(a).add(value(b)).mod(P), value(r));
            P521Field.sub(r, a, b);
            assertEquals(value(a).subtract(value(b)).mod(P), value(r));
            P521Field.negateIf(0, r);
            assertEquals(value(a).subtract(value(b)).mod(P), value(r));
            P521Field.negateIf(-1, r);
            assertEquals(value(b).subtract(value(a)).mod(P), value(r));
        }
    }

    @Nested
    class WhenInverting {
        @Test
        void isRightForEdgesAndAnyElement() {
            Random random = new Random(SEED);
            List<BigInteger> values = new ArrayList<>(
                    List.of(BigInteger.ONE, BigInteger.TWO, P.subtract(BigInteger.ONE), P.shiftRight(1)));
            for (int i = 0; i < 521; i++) {
                values.add(BigInteger.ONE.shiftLeft(i));
                values.add(P.shiftRight(i + 1).add(BigInteger.ONE));
            }
            for (int i = 0; i < 300; i++) {
                values.add(new BigInteger(520, random).add(BigInteger.ONE));
            }
            for (BigInteger value : values) {
                long[] a = element(value);
                inverse.invert(a, a);
                assertElement(value.modInverse(P), a, () -> "1 / " + value.toString(16));
            }
        }

        @Test
        void runsTheProvedNumberOfSteps() {
            // Wuille 2021: bound on the division steps for a number of b bits, with delta starting at 1/2.
            int bound = (45_907 * 521 + 26_313) / 19_929;
            assertEquals(1_201, bound);
            assertTrue(P521Inverse.BATCHES * P521Inverse.STEPS >= bound);
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 3})
        void isRightForElementsAtTheLimits(int size) {
            for (long[] a : extremes(size, new Random(SEED))) {
                long[] r = new long[P521Field.LIMBS];
                inverse.invert(r, a);
                BigInteger expected = value(a).signum() == 0 ? BigInteger.ZERO : value(a).modInverse(P);
                assertElement(expected, r, () -> Arrays.toString(a));
            }
        }

        @Test
        void givesZeroForZeroInAnyForm() {
            for (BigInteger form : List.of(BigInteger.ZERO, P)) {
                long[] a = element(form);
                inverse.invert(a, a);
                assertTrue(P521Codec.isZero(a, scratch));
            }
        }
    }

    @Nested
    class WhenEncoding {
        @Test
        void writesEachNumberInItsOneForm() {
            List<BigInteger> numbers = new ArrayList<>();
            for (int bit = 0; bit <= 520; bit++) {
                BigInteger power = BigInteger.ONE.shiftLeft(bit);
                numbers.addAll(List.of(power, power.subtract(BigInteger.ONE), P.subtract(power)));
            }
            for (BigInteger number : numbers) {
                assertElement(number.mod(P), element(number), () -> number.toString(16));
            }
        }

        @Test
        void readsAndWritesAroundThePrime() {
            assertElement(P.subtract(BigInteger.ONE), element(P.subtract(BigInteger.ONE)), () -> "p - 1");
            assertElement(BigInteger.ZERO, element(P), () -> "p");
            long[] more = element(P);
            more[0] += 1;
            assertEquals(BigInteger.ONE, new BigInteger(1, encoded(more)), "p + 1");
            long[] less = new long[P521Field.LIMBS];
            less[0] = -1;
            assertEquals(P.subtract(BigInteger.ONE), new BigInteger(1, encoded(less)), "-1");
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3})
        void encodesElementsNotReduced(int size) {
            Random random = new Random(SEED);
            List<long[]> all = extremes(size, random);
            for (int i = 0; i < 500; i++) {
                all.add(anyElement(size, random));
            }
            for (long[] a : all) {
                assertEquals(value(a), new BigInteger(1, encoded(a)), Arrays.toString(a));
            }
        }

        @Test
        void carriesThroughEveryLimb() {
            for (int limb = 0; limb < P521Field.LIMBS; limb++) {
                long[] a = new long[P521Field.LIMBS];
                Arrays.fill(a, limb, P521Field.LIMBS - 1, (1L << 58) - 1);
                a[P521Field.LIMBS - 1] = (1L << 57) - 1;
                a[limb] += 1;
                assertEquals(value(a), new BigInteger(1, encoded(a)), "limb " + limb);
            }
        }

        @Test
        void knowsZeroInEveryForm() {
            long[] p = element(P);
            long[] none = new long[P521Field.LIMBS];
            long[] minusP = element(P);
            P521Field.negateIf(-1, minusP);
            assertTrue(P521Codec.isZero(p, scratch));
            assertTrue(P521Codec.isZero(none, scratch));
            assertTrue(P521Codec.isZero(minusP, scratch));
            for (int limb = 0; limb < P521Field.LIMBS; limb++) {
                none[limb] = 1;
                assertFalse(P521Codec.isZero(none, scratch));
                none[limb] = 0;
            }
        }
    }
}
