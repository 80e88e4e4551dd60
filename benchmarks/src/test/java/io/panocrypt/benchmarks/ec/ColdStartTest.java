package io.panocrypt.benchmarks.ec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ColdStartTest {
    @Test
    void findsWhereTheTimesComeToRest() {
        double[] times = new double[600];
        Arrays.fill(times, 0, 104, 9);
        Arrays.fill(times, 104, 600, 1);
        // At 99, half of ten are fast and the median is between; at 100 it is fast.
        assertEquals(100, ColdStart.steadyAfter(times));
    }

    @Test
    void isSteadyAtOnceWhenNothingChanges() {
        double[] times = new double[600];
        Arrays.fill(times, 3);
        assertEquals(0, ColdStart.steadyAfter(times));
    }

    @Test
    void paysNoHeedToOneSlowOperation() {
        double[] times = new double[600];
        Arrays.fill(times, 3);
        times[0] = 40;
        assertEquals(0, ColdStart.steadyAfter(times));
    }
}
