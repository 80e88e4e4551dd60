package io.panocrypt.benchmarks.load.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.benchmarks.load.client.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadResultsTest {
    private static Turn turn(double perSecond, double processorMillis) {
        return new Turn(perSecond, processorMillis, 1, 2, 3, 0);
    }

    private static LoadResults measured() {
        LoadResults results = new LoadResults();
        // The machine has other load in the second round.
        results.add(Scenario.NEW, Subject.SQLITE, turn(2_400, 0.7));
        results.add(Scenario.NEW, Subject.TANGD, turn(300, 7));
        results.add(Scenario.NEW, Subject.SQLITE, turn(1_100, 0.8));
        results.add(Scenario.NEW, Subject.TANGD, turn(100, 8));
        results.add(Scenario.NEW, Subject.SQLITE, turn(2_700, 0.6));
        results.add(Scenario.NEW, Subject.TANGD, turn(270, 6));
        results.add(Scenario.HALF, Subject.SQLITE, turn(1_200, 0.9));
        return results;
    }

    @Nested
    class WithTangd {
        private final LoadResults results = measured();

        @Test
        void takesRatiosWithinRounds() {
            assertArrayEquals(
                    new double[] {8, 10, 11}, results.ratios(Scenario.NEW, Subject.SQLITE, Turn::perSecond), 1e-9);
        }

        @Test
        void endsWithTheLineForScripts() {
            assertEquals("ratio-tangd=10.00 cpu-ms-per-unlock=0.700 p99-ms=2.00", results.lastLine());
        }

        @Test
        void saysAbsentOfWhomThePlanWantsAndNobodyMeasured() {
            List<String> rows = results.table(Plan.FULL).lines().toList();
            assertTrue(rows.get(1).matches("new connections +sqlite +2400 +10\\.0 \\(8\\.0-11\\.0\\).*"), rows.get(1));
            assertTrue(rows.get(2).matches("new connections +postgresql +absent"), rows.get(2));
        }

        @Test
        void drawsABarForEachWhoWasMeasured() {
            assertEquals(3, Plot.of(results.bars(Plan.FULL)).split("<rect", -1).length - 1);
        }

        @Test
        void keepsEachTurnInTheFile(@TempDir Path folder) throws IOException {
            Path file = folder.resolve("load.json");
            LoadFile.write(file, results, Plan.QUICK, new RawSync(0.1, 0.2), Map.of("cores", "2"), Instant.EPOCH);
            JsonNode turns = new ObjectMapper().readTree(file.toFile()).at("/scenarios/new connections/sqlite");
            assertEquals(3, turns.size());
            assertEquals(1_100, turns.get(1).path("requestsPerSecond").asDouble());
        }
    }

    @Nested
    class WithoutTangd {
        @Test
        void hasNoRatio() {
            LoadResults results = new LoadResults();
            results.add(Scenario.NEW, Subject.SQLITE, turn(2_400, 0.7));
            assertEquals("ratio-tangd=absent cpu-ms-per-unlock=0.700 p99-ms=absent", results.lastLine());
        }
    }
}
