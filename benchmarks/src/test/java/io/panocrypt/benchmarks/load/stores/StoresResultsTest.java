package io.panocrypt.benchmarks.load.stores;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.benchmarks.load.report.Turn;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoresResultsTest {
    private static StoreTurn turn(double perSecond, double processorMillis, double engineMillis) {
        return new StoreTurn(new Turn(perSecond, processorMillis, 1, 2, 3, 1), engineMillis);
    }

    private static StoresResults measured() {
        StoresResults results = new StoresResults();
        results.add(Demand.PLAIN_MANY, StoreKind.SQLITE, turn(2_000, 0.5, 0));
        results.add(Demand.PLAIN_MANY, StoreKind.REDIS, turn(1_800, 0.4, 0.1));
        // The machine has other load in the second round.
        results.add(Demand.PLAIN_MANY, StoreKind.REDIS, turn(1_000, 0.7, 0.4));
        results.add(Demand.PLAIN_MANY, StoreKind.SQLITE, turn(1_000, 1, 0));
        return results;
    }

    @Test
    void comparesWithSqliteInTheSameRound() {
        assertArrayEquals(
                new double[] {0.9, 1},
                measured()
                        .ratios(
                                Demand.PLAIN_MANY,
                                StoreKind.REDIS,
                                turn -> turn.unlocks().perSecond()),
                1e-9);
    }

    @Test
    void comparesTheProcessorTimeOfBothSides() {
        assertArrayEquals(
                new double[] {1, 1.1},
                measured().ratios(Demand.PLAIN_MANY, StoreKind.REDIS, StoreTurn::bothMillis),
                1e-9);
    }

    @Test
    void hasARowForEachDemandAndStore() {
        List<String> rows = measured().table().lines().toList();
        assertEquals(1 + Demand.values().length * StoreKind.values().length, rows.size());
        assertTrue(
                rows.stream()
                        .anyMatch(
                                row -> row.matches(
                                        "unlock, 32 clients +redis +1400 +0\\.95 \\(0\\.90-1\\.00\\) +0\\.55 +0\\.25 +1\\.05 \\(1\\.00-1\\.10\\) +1\\.00 +2\\.00 +3 +2")),
                String.join("\n", rows));
    }

    @Test
    void showsNoEngineWhereThereIsNone() {
        assertTrue(
                measured()
                        .table()
                        .lines()
                        .anyMatch(
                                row -> row.matches(
                                        "unlock, 32 clients +sqlite +1500 +1\\.00 \\(1\\.00-1\\.00\\) +0\\.75 +1\\.00 \\(1\\.00-1\\.00\\) +1\\.00 +2\\.00 +2")),
                measured().table());
    }

    @Test
    void saysWhatIsAbsent() {
        assertTrue(measured().table().lines().anyMatch(row -> row.matches("unlock, 32 clients +etcd +absent")));
        assertEquals(
                "memory=absent sqlite=1500 postgresql=absent redis=1400 etcd=absent",
                measured().lastLine());
    }

    @Test
    void keepsEachTurnInTheFile() {
        assertEquals(
                0.4,
                measured()
                        .json()
                        .at("/demands/unlock, 32 clients/redis/1/engineMillis")
                        .asDouble());
        assertEquals(
                0.7,
                measured()
                        .json()
                        .at("/demands/unlock, 32 clients/redis/1/processorMillis")
                        .asDouble());
    }
}
