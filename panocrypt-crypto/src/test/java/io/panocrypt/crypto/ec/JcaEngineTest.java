package io.panocrypt.crypto.ec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.crypto.Oracle;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JcaEngineTest {
    private final JcaEngine engine = new JcaEngine(new SecureRandom());

    private EcPoint multiply(EcKeyPair pair, EcPoint point) {
        try (ScalarMultiplier multiplier = engine.multiplier(pair)) {
            return multiplier.multiply(point);
        }
    }

    @Nested
    class WhenMultiplying {
        @ParameterizedTest
        @EnumSource
        void agreesWithBouncyCastleOnRandomPoints(Curve curve) {
            long seed = 521L + curve.ordinal();
            Random random = new Random(seed);
            for (int i = 0; i < 30; i++) {
                BigInteger k = Oracle.scalar(curve, random);
                EcPoint point = Oracle.publicPoint(curve, Oracle.scalar(curve, random));
                assertEquals(
                        Oracle.multiply(point, k),
                        multiply(Oracle.pair(curve, k), point),
                        "seed " + seed + ", round " + i);
            }
        }

        @ParameterizedTest
        @EnumSource
        void isRightAtTheEdges(Curve curve) {
            EcPoint g = EcPoint.generator(curve);
            BigInteger last = curve.n().subtract(BigInteger.ONE);
            Random random = new Random(7);
            List<BigInteger> scalars = List.of(
                    BigInteger.ONE,
                    BigInteger.TWO,
                    BigInteger.valueOf(3),
                    last,
                    last.subtract(BigInteger.ONE),
                    curve.n().shiftRight(1),
                    Oracle.scalar(curve, random));
            for (BigInteger k : scalars) {
                try (EcKeyPair pair = Oracle.pair(curve, k);
                        ScalarMultiplier multiplier = engine.multiplier(pair)) {
                    EcPoint s = pair.publicKey();
                    EcPoint twice = g.add(g).orElseThrow();
                    for (EcPoint point : List.of(g, g.negate(), twice, twice.negate(), s, s.negate())) {
                        assertEquals(Oracle.multiply(point, k), multiplier.multiply(point), "k = " + k);
                    }
                }
            }
        }

        @Test
        void refusesAPointOfAnotherCurve() {
            try (EcKeyPair pair = engine.generate(Curve.P_256);
                    ScalarMultiplier multiplier = engine.multiplier(pair)) {
                assertThrows(IllegalArgumentException.class, () -> multiplier.multiply(EcPoint.generator(Curve.P_521)));
            }
        }

        @Test
        void refusesWorkAfterClose() {
            ScalarMultiplier multiplier = engine.multiplier(Oracle.pair(Curve.P_256, BigInteger.TEN));
            multiplier.close();
            multiplier.close();
            assertThrows(IllegalStateException.class, () -> multiplier.multiply(EcPoint.generator(Curve.P_256)));
        }

        @Test
        void outlivesThePairItWasMadeOf() {
            EcKeyPair pair = Oracle.pair(Curve.P_256, BigInteger.TEN);
            try (ScalarMultiplier multiplier = engine.multiplier(pair)) {
                pair.close();
                EcPoint point = Oracle.publicPoint(Curve.P_256, BigInteger.valueOf(77));
                assertEquals(Oracle.publicPoint(Curve.P_256, BigInteger.valueOf(770)), multiplier.multiply(point));
            }
        }
    }

    @Nested
    class WhenThePublicPointIsNotTheScalars {
        @ParameterizedTest
        @EnumSource
        void neverAnswers(Curve curve) {
            Random random = new Random(11);
            BigInteger k = Oracle.scalar(curve, random);
            EcPoint g = EcPoint.generator(curve);
            EcPoint point = Oracle.publicPoint(curve, Oracle.scalar(curve, random));
            // The last claims S = k*P for the requested P, which makes x(R) equal x(S).
            List<EcPoint> wrong = List.of(
                    Oracle.publicPoint(curve, Oracle.scalar(curve, random)),
                    g,
                    Oracle.publicPoint(curve, k.add(BigInteger.ONE)),
                    Oracle.multiply(point, k));
            for (EcPoint claimed : wrong) {
                EcKeyPair pair = EcKeyPair.of(curve, Oracle.bytes(curve, k), claimed);
                for (EcPoint asked : List.of(point, g, g.negate(), g.add(g).orElseThrow())) {
                    assertThrows(EcEngineException.class, () -> multiply(pair, asked));
                }
            }
        }

        @Test
        void cannotDetectTheNegativeAndSoConsistencyHasItsOwnCheck() {
            BigInteger k = BigInteger.valueOf(1_000_003);
            EcPoint point = Oracle.publicPoint(Curve.P_256, BigInteger.valueOf(17));
            EcPoint negative = Oracle.publicPoint(Curve.P_256, k).negate();
            EcKeyPair pair = EcKeyPair.of(Curve.P_256, Oracle.bytes(Curve.P_256, k), negative);
            assertEquals(Oracle.multiply(point, k).negate(), multiply(pair, point));
        }
    }

    @Nested
    class WhenTheProviderIsBroken {
        @Test
        void refusesAWrongFirstProduct() {
            assertRefused(1);
        }

        @Test
        void refusesAWrongSecondProduct() {
            assertRefused(2);
        }

        @Test
        void refusesWhenTheProviderThrows() {
            assertRefused(-1);
        }

        private void assertRefused(int badCall) {
            try (EcKeyPair pair = engine.generate(Curve.P_256);
                    ScalarMultiplier multiplier = JcaEngine.of(
                            pair.toJcaPrivateKey(JcaEngine.jdkProvider()),
                            pair.publicKey(),
                            new FaultyProvider(badCall))) {
                EcPoint point = Oracle.publicPoint(Curve.P_256, BigInteger.valueOf(12345));
                assertThrows(EcEngineException.class, () -> multiplier.multiply(point));
            }
        }

        @Test
        void answersWhenTheSameProviderIsNotBroken() {
            try (EcKeyPair pair = Oracle.pair(Curve.P_256, BigInteger.valueOf(99));
                    ScalarMultiplier multiplier = JcaEngine.of(
                            pair.toJcaPrivateKey(JcaEngine.jdkProvider()), pair.publicKey(), new FaultyProvider(0))) {
                EcPoint point = Oracle.publicPoint(Curve.P_256, BigInteger.TEN);
                assertEquals(Oracle.publicPoint(Curve.P_256, BigInteger.valueOf(990)), multiplier.multiply(point));
            }
        }
    }

    @Nested
    class WhenMakingKeys {
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
        void refusesBouncyCastle() {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new JcaEngine(new BouncyCastleProvider(), new SecureRandom()));
        }
    }
}
