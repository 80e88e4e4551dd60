package io.panocrypt.benchmarks.load.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrowthResultsTest {
    private static Turn turn(double perSecond, double processorMillis) {
        return new Turn(perSecond, processorMillis, 1, 2, 3, 1);
    }

    private static GrowthResults measured() {
        GrowthResults results = new GrowthResults();
        results.add(1_000_000, turn(1_800, 0.6));
        results.add(100, turn(2_000, 0.5));
        // The machine has other load in the second round.
        results.add(100, turn(1_000, 1));
        results.add(1_000_000, turn(1_000, 1.1));
        for (int devices : List.of(100, 1_000_000)) {
            results.ended(devices, new GrowthResults.Server(Duration.ofMillis(1_500), 65_536, 102_400, 1 << 20));
        }
        return results;
    }

    @Test
    void comparesWithTheStoreOfFewestInTheSameRound() {
        assertArrayEquals(new double[] {0.9, 1}, measured().ratios(1_000_000, Turn::perSecond), 1e-9);
        assertArrayEquals(new double[] {1.1, 1.2}, measured().ratios(1_000_000, Turn::processorMillis), 1e-9);
    }

    @Test
    void endsWithTheLineForScripts() {
        assertEquals(
                "devices=1000000 ratio-cpu=1.150 ratio-requests=0.950 heap-mib=64",
                measured().lastLine());
    }

    @Test
    void hasARowForEachStoreFewestFirst() {
        List<String> rows = measured().table().lines().toList();
        assertEquals(3, rows.size());
        assertTrue(rows.get(1).matches("100 +1500 .* 64 +100 +1\\.50 +1 +2"), rows.get(1));
        assertTrue(rows.get(2).matches("1000000 +1400 +0\\.95 \\(0\\.90-1\\.00\\).*"), rows.get(2));
    }

    @Test
    void keepsEachTurnInTheFile() {
        assertEquals(
                0.6, measured().json().at("/stores/1/turns/0/processorMillis").asDouble());
    }
}
