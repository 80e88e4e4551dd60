package io.panocrypt.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void findsTheMiddleOfAnOddSeries() {
        assertEquals(new Spread(2, 3, 4), Spread.of(new double[] {5, 1, 3, 2, 4}));
    }

    @Test
    void goesBetweenTheNeighboursOfAnEvenSeries() {
        assertEquals(new Spread(1.75, 2.5, 3.25), Spread.of(new double[] {4, 3, 2, 1}));
    }

    @Test
    void isAsWideAsItsQuartilesAreApart() {
        assertEquals(0.5, new Spread(3, 4, 5).width());
    }

    @Test
    void standsOnASingleValue() {
        assertEquals(new Spread(7, 7, 7), Spread.of(new double[] {7}));
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
