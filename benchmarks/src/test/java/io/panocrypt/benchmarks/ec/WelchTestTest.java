package io.panocrypt.benchmarks.ec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WelchTestTest {
    /** Three textbook samples, some with unequal sizes and variances. */
    static Stream<Arguments> samples() {
        return Stream.of(
                Arguments.of(
                        new double[] {
                            27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4
                        },
                        new double[] {
                            27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4
                        },
                        -2.455356398286),
                Arguments.of(
                        new double[] {17.2, 20.9, 22.6, 18.1, 21.7, 21.4, 23.5, 24.2, 14.7, 21.8},
                        new double[] {
                            21.5, 22.8, 21.0, 23.0, 21.6, 23.6, 22.5, 20.7, 23.4, 21.8, 20.7, 21.7, 21.5, 22.5, 23.6,
                            21.5, 22.5, 23.5, 21.5, 21.8
                        },
                        -1.565433523599),
                Arguments.of(
                        new double[] {19.8, 20.4, 19.6, 17.8, 18.5, 18.9, 18.3, 18.9, 19.5, 22.0},
                        new double[] {
                            28.2, 26.6, 20.1, 23.3, 25.2, 22.1, 17.7, 27.6, 20.6, 13.7, 23.2, 17.5, 20.6, 18.0, 23.9,
                            21.6, 24.3, 20.4, 24.0, 13.2
                        },
                        -2.219240915824));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void givesTheKnownStatistic(double[] a, double[] b, double t) {
        assertEquals(t, WelchTest.t(a, b), 1e-11);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void changesSignWithTheOrder(double[] a, double[] b, double t) {
        assertEquals(-t, WelchTest.t(b, a), 1e-11);
    }

    @Test
    void keepsItsDigitsFarFromZero() {
        double far = 1e9;
        assertEquals(
                WelchTest.t(new double[] {1, 2, 3}, new double[] {2, 4, 9}),
                WelchTest.t(new double[] {far + 1, far + 2, far + 3}, new double[] {far + 2, far + 4, far + 9}),
                1e-9);
    }

    @Test
    void isZeroForOneConstant() {
        assertEquals(0, WelchTest.t(new double[] {5, 5}, new double[] {5, 5, 5}));
    }
}
