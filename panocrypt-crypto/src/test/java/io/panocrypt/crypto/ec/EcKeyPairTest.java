package io.panocrypt.crypto.ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.Oracle;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EcKeyPairTest {
    @ParameterizedTest
    @EnumSource
    void acceptsTheFirstAndTheLastScalar(Curve curve) {
        for (BigInteger scalar : new BigInteger[] {BigInteger.ONE, curve.n().subtract(BigInteger.ONE)}) {
            try (EcKeyPair pair = Oracle.pair(curve, scalar)) {
                assertArrayEquals(Oracle.bytes(curve, scalar), pair.copyScalar());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesScalarsOutOfRange(Curve curve) {
        EcPoint g = EcPoint.generator(curve);
        byte[] ones = new byte[curve.fieldBytes()];
        Arrays.fill(ones, (byte) 0xff);
        for (byte[] scalar : new byte[][] {
            new byte[curve.fieldBytes()],
            Oracle.bytes(curve, curve.n()),
            Oracle.bytes(curve, curve.n().add(BigInteger.ONE)),
            ones,
            new byte[] {1},
            new byte[curve.fieldBytes() + 1]
        }) {
            assertThrows(IllegalArgumentException.class, () -> EcKeyPair.of(curve, scalar, g));
        }
    }

    @Test
    void refusesAPublicPointOfAnotherCurve() {
        byte[] one = Oracle.bytes(Curve.P_256, BigInteger.ONE);
        assertThrows(
                IllegalArgumentException.class, () -> EcKeyPair.of(Curve.P_256, one, EcPoint.generator(Curve.P_384)));
    }

    @Test
    void keepsACopyOfItsOwnAndWipesIt() {
        byte[] scalar = Oracle.bytes(Curve.P_256, BigInteger.TEN);
        EcKeyPair pair = EcKeyPair.of(Curve.P_256, scalar, Oracle.publicPoint(Curve.P_256, BigInteger.TEN));
        Arrays.fill(scalar, (byte) 0);
        assertEquals(10, pair.copyScalar()[31]);
        pair.close();
        pair.close();
        assertThrows(IllegalStateException.class, pair::copyScalar);
    }

    @Test
    void doesNotShowItsSecretAsText() {
        try (EcKeyPair pair = Oracle.pair(Curve.P_256, new BigInteger("123456789abcdef", 16))) {
            assertFalse(pair.toString().contains("123456789abcdef"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void knowsWhetherItsHalvesBelongTogether(Curve curve) {
        try (EcKeyPair pair = new JcaEngine(new SecureRandom()).generate(curve)) {
            assertTrue(pair.isConsistent());
            byte[] scalar = pair.copyScalar();
            EcPoint negative = pair.publicKey().negate();
            EcPoint other = pair.publicKey().add(EcPoint.generator(curve)).orElseThrow();
            assertFalse(EcKeyPair.of(curve, scalar, negative).isConsistent());
            assertFalse(EcKeyPair.of(curve, scalar, other).isConsistent());
        }
    }
}
