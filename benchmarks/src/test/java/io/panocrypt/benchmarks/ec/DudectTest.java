package io.panocrypt.benchmarks.ec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DudectTest {
    private static Map<LeakTest, Finding> found(double control, double fixedKey, double sparseKey, double fixedPoint) {
        Map<LeakTest, Finding> findings = new EnumMap<>(LeakTest.class);
        findings.put(LeakTest.CONTROL, finding(control));
        findings.put(LeakTest.FIXED_KEY, finding(fixedKey));
        findings.put(LeakTest.SPARSE_KEY, finding(sparseKey));
        findings.put(LeakTest.FIXED_POINT, finding(fixedPoint));
        return findings;
    }

    private static Finding finding(double t) {
        return new Finding(t, 1, 0.01, 1000, 1000);
    }

    @ParameterizedTest
    @CsvSource({
        // own: control, fixed key, sparse key, fixed point; Bouncy Castle's control and sparse key; fine
        "1, 1, -4.4, 4.4, 1, -30, true",
        "1, 4.6, 1, 1, 1, -30, false",
        "1, 1, -4.6, 1, 1, -30, false",
        "1, 1, 1, 4.6, 1, -30, false",
        "1, 1, 1, 1, 1, -4.4, false",
        "4.6, 1, 1, 1, 1, -30, false",
        "1, 1, 1, 1, 4.6, -30, false",
        "1, 1, 1, 1, 4.6, 1, false",
    })
    void passesOnlyIfTheOwnEngineIsQuietAndTheKnownLeakIsSeen(
            double control,
            double fixedKey,
            double sparseKey,
            double fixedPoint,
            double leakersControl,
            double leakersSparseKey,
            boolean fine) {
        assertEquals(
                fine,
                Dudect.judge(Map.of(
                        Dudect.OWN,
                        found(control, fixedKey, sparseKey, fixedPoint),
                        Dudect.KNOWN_LEAK,
                        found(leakersControl, 1, leakersSparseKey, 1))));
    }
}
