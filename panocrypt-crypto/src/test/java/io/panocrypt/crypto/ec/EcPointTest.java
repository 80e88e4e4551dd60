package io.panocrypt.crypto.ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.crypto.Oracle;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EcPointTest {
    @Nested
    class WhenMadeFromBytes {
        @ParameterizedTest
        @EnumSource
        void givesTheSameBytesBack(Curve curve) throws InvalidPointException {
            EcPoint g = EcPoint.generator(curve);
            EcPoint again = EcPoint.of(curve, g.x(), g.y());
            assertEquals(g, again);
            assertEquals(g.hashCode(), again.hashCode());
            assertArrayEquals(g.x(), again.x());
            assertEquals(curve.fieldBytes(), again.y().length);
        }

        @ParameterizedTest
        @EnumSource
        void handsOutCopies(Curve curve) {
            EcPoint g = EcPoint.generator(curve);
            Arrays.fill(g.x(), (byte) 0);
            assertArrayEquals(Oracle.bytes(curve, curve.gx()), g.x());
        }

        @ParameterizedTest
        @EnumSource
        void isEncodedAsOthersEncodeIt(Curve curve) {
            assertArrayEquals(
                    Oracle.parameters(curve).getG().getEncoded(false),
                    EcPoint.generator(curve).uncompressed());
        }

        @ParameterizedTest
        @EnumSource
        void padsSmallCoordinates(Curve curve) throws InvalidPointException {
            // x = 0 is on all three curves: b is a square.
            BigInteger y = Oracle.parameters(curve)
                    .getCurve()
                    .fromBigInteger(curve.b())
                    .sqrt()
                    .toBigInteger();
            EcPoint point = EcPoint.of(curve, new byte[curve.fieldBytes()], Oracle.bytes(curve, y));
            assertArrayEquals(new byte[curve.fieldBytes()], point.x());
        }

        @ParameterizedTest
        @EnumSource
        void refusesPointNotOnCurve(Curve curve) {
            EcPoint g = EcPoint.generator(curve);
            byte[] y = g.y();
            y[y.length - 1] ^= 1;
            assertRefused(curve, g.x(), y);
            assertRefused(curve, g.y(), g.x());
        }

        @ParameterizedTest
        @EnumSource
        void refusesTheEncodingOfInfinity(Curve curve) {
            assertRefused(curve, new byte[curve.fieldBytes()], new byte[curve.fieldBytes()]);
        }

        @ParameterizedTest
        @EnumSource
        void refusesCoordinatesOfAnotherLength(Curve curve) {
            EcPoint g = EcPoint.generator(curve);
            byte[] longX = new byte[curve.fieldBytes() + 1];
            System.arraycopy(g.x(), 0, longX, 1, curve.fieldBytes());
            assertRefused(curve, longX, g.y());
            assertRefused(curve, Arrays.copyOfRange(g.x(), 1, curve.fieldBytes()), g.y());
            assertRefused(curve, g.x(), new byte[0]);
        }

        @ParameterizedTest
        @EnumSource
        void refusesCoordinatesNotBelowTheFieldsPrime(Curve curve) {
            BigInteger p = curve.p();
            byte[] ySquareRoot = Oracle.bytes(
                    curve,
                    Oracle.parameters(curve)
                            .getCurve()
                            .fromBigInteger(curve.b())
                            .sqrt()
                            .toBigInteger());
            // (p, sqrt(b)) satisfies the equation modulo p and differs from (0, sqrt(b)) only in its encoding.
            assertRefused(curve, Oracle.bytes(curve, p), ySquareRoot);
            assertRefused(curve, EcPoint.generator(curve).x(), Oracle.bytes(curve, p));
            byte[] ones = new byte[curve.fieldBytes()];
            Arrays.fill(ones, (byte) 0xff);
            assertRefused(curve, ones, ySquareRoot);
        }

        private void assertRefused(Curve curve, byte[] x, byte[] y) {
            InvalidPointException refusal = assertThrows(InvalidPointException.class, () -> EcPoint.of(curve, x, y));
            assertFalse(refusal.getMessage().matches(".*[0-9a-fA-F]{6,}.*"), refusal.getMessage());
        }
    }

    @Nested
    class WhenAdded {
        @ParameterizedTest
        @EnumSource
        void agreesWithBouncyCastle(Curve curve) {
            long seed = 20261122L + curve.ordinal();
            Random random = new Random(seed);
            for (int i = 0; i < 40; i++) {
                EcPoint a = Oracle.publicPoint(curve, Oracle.scalar(curve, random));
                EcPoint b = Oracle.publicPoint(curve, Oracle.scalar(curve, random));
                EcPoint expected = Oracle.ours(curve, Oracle.theirs(a).add(Oracle.theirs(b)));
                assertEquals(Optional.of(expected), a.add(b), "seed " + seed + ", round " + i);
            }
        }

        @ParameterizedTest
        @EnumSource
        void doublesAPointAddedToItself(Curve curve) {
            EcPoint g = EcPoint.generator(curve);
            assertEquals(Optional.of(Oracle.publicPoint(curve, BigInteger.TWO)), g.add(g));
        }

        @ParameterizedTest
        @EnumSource
        void isEmptyAtInfinity(Curve curve) {
            EcPoint g = EcPoint.generator(curve);
            assertEquals(Optional.empty(), g.add(g.negate()));
            assertEquals(g, g.negate().negate());
            assertNotEquals(g, g.negate());
        }

        @Test
        void refusesAPointOfAnotherCurve() {
            EcPoint other = EcPoint.generator(Curve.P_256);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> EcPoint.generator(Curve.P_384).add(other));
        }
    }
}
