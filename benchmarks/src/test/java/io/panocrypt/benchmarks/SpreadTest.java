package io.panocrypt.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void findsTheMiddleOfAnOddSeries() {
        Spread found = Spread.of(new double[] {5, 1, 3, 2, 4});
        assertEquals(2, found.lowerQuartile());
        assertEquals(3, found.median());
        assertEquals(4, found.upperQuartile());
    }

    @Test
    void goesBetweenTheNeighboursOfAnEvenSeries() {
        Spread found = Spread.of(new double[] {4, 3, 2, 1});
        assertEquals(1.75, found.lowerQuartile());
        assertEquals(2.5, found.median());
        assertEquals(3.25, found.upperQuartile());
    }

    @Test
    void knowsTheMedianOfManyBetter() {
        double[] hundred = new double[100];
        Arrays.setAll(hundred, i -> 950.5 + i);
        // The interval is a fifth of the range, less 2 %.
        assertEquals(0.0097, Spread.of(hundred).margin(), 1e-4);
        assertEquals(0.5, Spread.of(new double[] {5, 10, 15}).margin(), 1e-12);
    }

    @Test
    void standsOnASingleValue() {
        assertEquals(new Spread(7, 7, 7, 0), Spread.of(new double[] {7}));
    }

    @Test
    void leavesItsInputAsItWas() {
        double[] values = {3, 1, 2};
        Spread.of(values);
        assertEquals(3, values[0]);
    }

    @Test
    void doesNotSeeWhatSlowsAWholeRoundDown() {
        double[] references = {100, 900, 100, 300, 100};
        double[] values = {120, 1080, 120, 360, 120};
        Spread ratio = Spread.ofPairedRatios(values, references);
        assertEquals(1.2, ratio.lowerQuartile(), 1e-12);
        assertEquals(1.2, ratio.median(), 1e-12);
        assertEquals(1.2, ratio.upperQuartile(), 1e-12);
    }

    @Test
    void takesTheMedianOfTheRatiosAndNotTheRatioOfTheMedians() {
        // Medians 2 and 10 would give 0.2.
        assertEquals(
                0.5,
                Spread.ofPairedRatios(new double[] {1, 2, 10}, new double[] {2, 10, 11})
                        .median(),
                1e-12);
    }

    @Test
    void refusesRoundsThatHaveNoPair() {
        assertThrows(IllegalArgumentException.class, () -> Spread.ofPairedRatios(new double[2], new double[3]));
    }
}
