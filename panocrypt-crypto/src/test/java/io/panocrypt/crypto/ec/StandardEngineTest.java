package io.panocrypt.crypto.ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.panocrypt.crypto.Oracle;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class StandardEngineTest {
    private static final Curve CURVE = Curve.P_521;
    private static final BigInteger N = CURVE.n();
    private static final int PARTS = 10;

    private final StandardEngine engine = new StandardEngine(new SecureRandom());
    private final P521Worker worker = new P521Worker();

    private EcPoint multiply(BigInteger k, EcPoint point) {
        return multiply(worker, k, point);
    }

    private static EcPoint multiply(P521Worker worker, BigInteger k, EcPoint point) {
        worker.load(Oracle.bytes(CURVE, k));
        return worker.multiply(point);
    }

    private EcPoint multiplyGenerator(BigInteger k) {
        return multiplyGenerator(worker, k);
    }

    private static EcPoint multiplyGenerator(P521Worker worker, BigInteger k) {
        worker.load(Oracle.bytes(CURVE, k));
        return worker.multiplyGenerator();
    }

    /** Runs on all processors, since no other class has long tests here. */
    private static void inParts(Runnable part) {
        IntStream.range(0, PARTS).parallel().forEach(i -> part.run());
    }

    /** Scalars at which a recoding, a carry or an exceptional addition would show. */
    static List<BigInteger> edgeScalars() {
        List<BigInteger> scalars = new ArrayList<>();
        for (int small = 1; small <= 70; small++) {
            scalars.add(BigInteger.valueOf(small));
            scalars.add(N.subtract(BigInteger.valueOf(small)));
        }
        for (int bit = 5; bit <= 520; bit += 5) {
            scalars.add(BigInteger.ONE.shiftLeft(bit));
            scalars.add(BigInteger.ONE.shiftLeft(bit).subtract(BigInteger.ONE));
        }
        for (int shift = 1; shift <= 520; shift += 7) {
            scalars.add(N.shiftRight(shift));
        }
        scalars.add(N.subtract(BigInteger.ONE).shiftRight(1));
        scalars.add(N.add(BigInteger.ONE).shiftRight(1));
        // The accumulator of a lowest-digit-first sum would meet a doubling at this one.
        scalars.add(BigInteger.ONE.shiftLeft(521).subtract(N));
        for (int window = 1; window < 32; window++) {
            BigInteger repeated = BigInteger.ZERO;
            for (int i = 0; i < 104; i++) {
                repeated = repeated.shiftLeft(5).or(BigInteger.valueOf(window));
            }
            scalars.add(repeated);
        }
        return scalars;
    }

    @Nested
    class WhenMultiplying {
        @Test
        void agreesWithBouncyCastleOnRandomPoints() {
            differential(20260101L, 250);
        }

        @Test
        @Tag("long")
        void agreesWithBouncyCastleOnManyRandomPoints() {
            inParts(() -> differential(new SecureRandom().nextLong(), 40_000 / PARTS));
        }

        /** Multiplies each product again, so the oracle needs one multiplication for each round. */
        private void differential(long seed, int rounds) {
            System.out.println("P-521 against Bouncy Castle: " + rounds + " rounds, seed " + seed);
            Random random = new Random(seed);
            P521Worker own = new P521Worker();
            EcPoint point = EcPoint.generator(CURVE);
            for (int i = 0; i < rounds; i++) {
                BigInteger k = Oracle.scalar(CURVE, random);
                EcPoint expected = Oracle.multiply(point, k);
                assertEquals(expected, multiply(own, k, point), "seed " + seed + ", round " + i);
                point = expected;
            }
        }

        @Test
        @Tag("long")
        void agreesWithTheJdkOnManyRandomPoints() {
            inParts(() -> differentialToTheJdk(6_000 / PARTS));
        }

        private void differentialToTheJdk(int rounds) {
            long seed = new SecureRandom().nextLong();
            System.out.println("P-521 against the JDK: seed " + seed);
            Random random = new Random(seed);
            JcaEngine jdk = new JcaEngine(new SecureRandom());
            P521Worker own = new P521Worker();
            EcPoint point = EcPoint.generator(CURVE);
            for (int i = 0; i < rounds; i++) {
                byte[] k = Oracle.bytes(CURVE, Oracle.scalar(CURVE, random));
                own.load(k);
                EcPoint publicKey = own.multiplyGenerator();
                try (EcKeyPair pair = EcKeyPair.of(CURVE, k, publicKey);
                        ScalarMultiplier multiplier = jdk.multiplier(pair)) {
                    EcPoint expected = multiplier.multiply(point);
                    own.load(k);
                    assertEquals(expected, own.multiply(point), "seed " + seed + ", round " + i);
                    point = expected;
                }
            }
        }

        @Test
        void isRightForEdgeScalars() {
            EcPoint point = Oracle.publicPoint(CURVE, BigInteger.valueOf(987_654_321));
            for (BigInteger k : edgeScalars()) {
                assertEquals(Oracle.multiply(point, k), multiply(k, point), "k = " + k.toString(16));
            }
        }

        @ParameterizedTest
        @MethodSource("io.panocrypt.crypto.ec.StandardEngineTest#edgePoints")
        void isRightForEdgePoints(EcPoint point) {
            Random random = new Random(5);
            List<BigInteger> scalars = new ArrayList<>(
                    List.of(BigInteger.ONE, BigInteger.TWO, BigInteger.valueOf(31), N.subtract(BigInteger.TWO)));
            for (int i = 0; i < 2; i++) {
                scalars.add(Oracle.scalar(CURVE, random));
            }
            for (BigInteger k : scalars) {
                assertEquals(Oracle.multiply(point, k), multiply(k, point), "k = " + k.toString(16));
            }
        }

        @Test
        void undoesItself() {
            Random random = new Random(6);
            for (int i = 0; i < 50; i++) {
                BigInteger k = Oracle.scalar(CURVE, random);
                EcPoint point = multiplyGenerator(Oracle.scalar(CURVE, random));
                assertEquals(point, multiply(k.modInverse(N), multiply(k, point)), "seed 6, round " + i);
            }
        }
    }

    /** Points near the generator, with short coordinates, and fractions of the generator whose small multiples are it. */
    static List<EcPoint> edgePoints() throws InvalidPointException {
        EcPoint g = EcPoint.generator(CURVE);
        List<EcPoint> points = new ArrayList<>(List.of(g, g.negate(), g.add(g).orElseThrow()));
        for (int multiple = 2; multiple <= 64; multiple += multiple < 33 ? 1 : 31) {
            points.add(Oracle.publicPoint(CURVE, BigInteger.valueOf(multiple).modInverse(N)));
            points.add(Oracle.publicPoint(CURVE, N.subtract(BigInteger.valueOf(multiple))));
        }
        BigInteger exponent = CURVE.p().add(BigInteger.ONE).shiftRight(2);
        for (int x = 0; x < 40; x++) {
            BigInteger square = CURVE.rightSide(BigInteger.valueOf(x));
            BigInteger y = square.modPow(exponent, CURVE.p());
            if (y.multiply(y).mod(CURVE.p()).equals(square)) {
                points.add(EcPoint.of(CURVE, BigInteger.valueOf(x), y));
            }
        }
        return points;
    }

    @Nested
    class WhenMultiplyingTheGenerator {
        @Test
        void agreesWithBouncyCastleOnRandomScalars() {
            differential(20260102L, 250);
        }

        @Test
        @Tag("long")
        void agreesWithBouncyCastleOnManyRandomScalars() {
            inParts(() -> differential(new SecureRandom().nextLong(), 20_000 / PARTS));
        }

        private void differential(long seed, int rounds) {
            System.out.println("k*G of P-521 against Bouncy Castle: " + rounds + " rounds, seed " + seed);
            Random random = new Random(seed);
            P521Worker own = new P521Worker();
            for (int i = 0; i < rounds; i++) {
                BigInteger k = Oracle.scalar(CURVE, random);
                assertEquals(Oracle.publicPoint(CURVE, k), multiplyGenerator(own, k), "seed " + seed + ", round " + i);
            }
        }

        @Test
        void isRightForEdgeScalars() {
            for (BigInteger k : edgeScalars()) {
                assertEquals(Oracle.publicPoint(CURVE, k), multiplyGenerator(k), "k = " + k.toString(16));
            }
        }
    }

    @Nested
    class WhenServingAKey {
        @ParameterizedTest
        @EnumSource
        void makesConsistentPairsThatDiffer(Curve curve) {
            try (EcKeyPair one = engine.generate(curve);
                    EcKeyPair two = engine.generate(curve)) {
                assertEquals(curve, one.curve());
                assertEquals(Oracle.publicPoint(curve, new BigInteger(1, one.copyScalar())), one.publicKey());
                assertNotEquals(one.publicKey(), two.publicKey());
            }
        }

        @Test
        void drawsAgainWhenAScalarIsOutOfRange() {
            byte[] zero = new byte[66];
            byte[] order = Oracle.bytes(CURVE, N);
            byte[] ones = new byte[66];
            Arrays.fill(ones, (byte) 0xff);
            byte[] good = Oracle.bytes(CURVE, BigInteger.valueOf(5));
            // The top seven bits of a draw are cleared, so they may be anything.
            good[0] = (byte) 0xfe;
            ScriptedRandom random = new ScriptedRandom(zero, order, ones, good);
            try (EcKeyPair pair = new StandardEngine(random).generate(CURVE)) {
                assertEquals(Oracle.publicPoint(CURVE, BigInteger.valueOf(5)), pair.publicKey());
                assertEquals(4, random.draws);
            }
        }

        @Test
        void refusesScalarsOutOfRange() {
            EcPoint g = EcPoint.generator(CURVE);
            for (BigInteger k : List.of(BigInteger.ZERO, N, N.add(BigInteger.ONE))) {
                assertThrows(IllegalArgumentException.class, () -> EcKeyPair.of(CURVE, Oracle.bytes(CURVE, k), g));
            }
        }

        @ParameterizedTest
        @EnumSource
        void multipliesOnEveryCurve(Curve curve) {
            BigInteger k = Oracle.scalar(curve, new Random(8));
            EcPoint point = Oracle.publicPoint(curve, BigInteger.valueOf(77));
            try (EcKeyPair pair = Oracle.pair(curve, k);
                    ScalarMultiplier multiplier = engine.multiplier(pair)) {
                assertEquals(curve, multiplier.curve());
                assertEquals(pair.publicKey(), multiplier.publicKey());
                assertEquals(Oracle.multiply(point, k), multiplier.multiply(point));
            }
        }

        @Test
        void refusesAPointOfAnotherCurve() {
            try (EcKeyPair pair = engine.generate(CURVE);
                    ScalarMultiplier multiplier = engine.multiplier(pair)) {
                assertThrows(IllegalArgumentException.class, () -> multiplier.multiply(EcPoint.generator(Curve.P_256)));
            }
        }

        @Test
        void refusesWorkAfterClose() {
            ScalarMultiplier multiplier = engine.multiplier(Oracle.pair(CURVE, BigInteger.TEN));
            multiplier.close();
            multiplier.close();
            assertThrows(IllegalStateException.class, () -> multiplier.multiply(EcPoint.generator(CURVE)));
        }

        @Test
        void outlivesThePairItWasMadeOf() {
            EcKeyPair pair = Oracle.pair(CURVE, BigInteger.TEN);
            try (ScalarMultiplier multiplier = engine.multiplier(pair)) {
                pair.close();
                EcPoint point = Oracle.publicPoint(CURVE, BigInteger.valueOf(77));
                assertEquals(Oracle.publicPoint(CURVE, BigInteger.valueOf(770)), multiplier.multiply(point));
            }
        }

        @Test
        void servesManyThreadsAtOnce() throws InterruptedException, ExecutionException {
            BigInteger k = Oracle.scalar(CURVE, new Random(9));
            try (ScalarMultiplier multiplier = engine.multiplier(Oracle.pair(CURVE, k))) {
                ExecutorService threads = Executors.newFixedThreadPool(8);
                List<Future<EcPoint>> answers = new ArrayList<>();
                for (int i = 1; i <= 200; i++) {
                    EcPoint point = multiplyGenerator(BigInteger.valueOf(i));
                    answers.add(threads.submit(() -> multiplier.multiply(point)));
                }
                for (int i = 1; i <= 200; i++) {
                    BigInteger product = k.multiply(BigInteger.valueOf(i)).mod(N);
                    assertEquals(multiplyGenerator(product), answers.get(i - 1).get());
                }
                threads.shutdownNow();
            }
        }

        private static final class ScriptedRandom extends SecureRandom {
            private static final long serialVersionUID = 1L;
            private final transient byte[][] script;
            private int draws;

            ScriptedRandom(byte[]... script) {
                this.script = script;
            }

            @Override
            public void nextBytes(byte[] bytes) {
                System.arraycopy(script[draws++], 0, bytes, 0, bytes.length);
            }
        }
    }

    @Nested
    class WhenDone {
        @Test
        void leavesNothingInTheWorkingMemory() throws IllegalAccessException {
            BigInteger k = Oracle.scalar(CURVE, new Random(10));
            worker.load(Oracle.bytes(CURVE, k));
            assertTrue(nonZeroWords(worker) > 10, "the inspection must see a loaded scalar");
            worker.multiply(EcPoint.generator(CURVE));
            assertEquals(0, nonZeroWords(worker));
            worker.load(Oracle.bytes(CURVE, k));
            worker.multiplyGenerator();
            assertEquals(0, nonZeroWords(worker));
        }

        @Test
        void allocatesNothingButTheResult() {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            assumeTrue(threads.isThreadAllocatedMemoryEnabled(), "this Java runtime does not count allocations");
            int rounds = 50;
            EcPoint point = EcPoint.generator(CURVE);
            try (ScalarMultiplier multiplier =
                    engine.multiplier(Oracle.pair(CURVE, Oracle.scalar(CURVE, new Random(13))))) {
                multiplier.multiply(point);
                long before =
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId());
                for (int i = 0; i < rounds; i++) {
                    multiplier.multiply(point);
                }
                long each =
                        (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / rounds;
                // An EcPoint with two arrays of 66 bytes: 24 + 2 * 88 bytes, a little more without compressed pointers.
                assertTrue(each <= 240, "a multiplication allocates " + each + " bytes");
            }
        }

        @Test
        void wipesTheScalarOfAClosedMultiplier() throws ReflectiveOperationException {
            ScalarMultiplier multiplier = engine.multiplier(Oracle.pair(CURVE, Oracle.scalar(CURVE, new Random(12))));
            Field field = P521Multiplier.class.getDeclaredField("scalar");
            field.setAccessible(true);
            byte[] scalar = (byte[]) field.get(multiplier);
            assertFalse(Arrays.equals(new byte[66], scalar));
            multiplier.close();
            assertArrayEquals(new byte[66], scalar);
        }

        /** Counts the words that are not zero in all arrays and numbers that an object of ours holds. */
        private int nonZeroWords(Object holder) throws IllegalAccessException {
            if (holder instanceof long[] words) {
                return (int) Arrays.stream(words).filter(word -> word != 0).count();
            }
            if (holder instanceof Object[] array) {
                int sum = 0;
                for (Object element : array) {
                    sum += nonZeroWords(element);
                }
                return sum;
            }
            int sum = 0;
            for (Field field : holder.getClass().getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())) {
                    continue;
                }
                field.setAccessible(true);
                Object value = field.get(holder);
                if (value instanceof Number number) {
                    sum += number.longValue() == 0 ? 0 : 1;
                } else if (!(value instanceof P521Field && holder != worker)) {
                    sum += nonZeroWords(value);
                }
            }
            return sum;
        }
    }

    @Nested
    class WhenWarmingUp {
        @Test
        void passesItsKnownAnswers() {
            engine.warmUp(4);
        }

        @Test
        void refusesToRunNothing() {
            assertThrows(IllegalArgumentException.class, () -> engine.warmUp(0));
        }
    }
}
