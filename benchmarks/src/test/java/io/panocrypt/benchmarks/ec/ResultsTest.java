package io.panocrypt.benchmarks.ec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
    private static Results serverTook(Map<Rival, double[]> times) {
        return serverTook(true, times);
    }

    private static Results serverTook(boolean pinned, Map<Rival, double[]> times) {
        Results results = new Results(pinned);
        results.add(Row.SERVER, new Timings(new EnumMap<>(times), 0.9));
        return results;
    }

    private static Results multiplyTookToo(Results results, Map<Rival, double[]> times) {
        results.add(Row.MULTIPLY, new Timings(new EnumMap<>(times), 0.4));
        return results;
    }

    @Nested
    class WithEverybodyThere {
        private final Results results = serverTook(Map.of(
                Rival.OWN, new double[] {11, 24, 12},
                Rival.BOUNCY_CASTLE, new double[] {44, 80, 48},
                Rival.OPENSSL, new double[] {10, 20, 10},
                Rival.LIBJOSE, new double[] {33, 72, 36}));

        @Test
        void endsWithTheThreeRatiosEachOfTheRowWhereBothDoTheSame() {
            multiplyTookToo(
                    results,
                    Map.of(
                            Rival.OWN, new double[] {11, 22, 11},
                            Rival.BOUNCY_CASTLE, new double[] {44, 88, 44},
                            Rival.OPENSSL, new double[] {10, 20, 10}));
            assertEquals("ratio-openssl=1.100 ratio-bc=0.250 ratio-libjose=0.333", results.lastLine());
            assertEquals(Optional.empty(), results.doubt());
            assertEquals(0.4, results.processorShare());
        }

        @Test
        void callsNoRatioAResultThatIsNotKnownWell() {
            multiplyTookToo(
                    results,
                    Map.of(
                            Rival.OWN, new double[] {10, 22, 14},
                            Rival.BOUNCY_CASTLE, new double[] {40, 88, 56},
                            Rival.OPENSSL, new double[] {10, 20, 10}));
            assertEquals("ratio-openssl=noisy ratio-bc=0.250 ratio-libjose=0.333", results.lastLine());
            assertTrue(results.doubt().orElseThrow().startsWith("not quiet enough"));
        }

        @Test
        void showsRatiosToOpenSsl() {
            List<String> lines = results.table().lines().toList();
            assertEquals(
                    List.of("x", "openssl", "own", "sunec", "corretto", "bc", "openssl", "libjose"),
                    List.of(lines.get(0).split("\\s+")));
            assertTrue(lines.get(1).startsWith("server     1.200 [1.150-1.200]"), lines.get(1));
            assertTrue(lines.get(1).contains("absent"), "SunEC was not measured: " + lines.get(1));
            assertEquals(2, lines.size());
        }

        @Test
        void writesThemAsJson(@TempDir Path folder) throws IOException {
            Path file = folder.resolve("new").resolve("ec.json");
            ResultsFile.write(file, results, Plan.QUICK, Map.of("jdk", "17"), Instant.EPOCH);
            JsonNode root = new ObjectMapper().readTree(file.toFile());
            assertEquals("1970-01-01T00:00:00Z", root.at("/date").asText());
            assertEquals("17", root.at("/machine/jdk").asText());
            assertEquals("openssl", root.at("/reference").asText());
            assertEquals(1.2, root.at("/rows/server/own/ratio/median").asDouble());
            assertEquals(
                    12, root.at("/rows/server/own/processorNanoseconds/median").asDouble());
        }
    }

    @Nested
    class NotPinned {
        @Test
        void hasNoResult() {
            Map<Rival, double[]> times = Map.of(Rival.OWN, new double[] {1, 1}, Rival.OPENSSL, new double[] {1, 1});
            Results results = multiplyTookToo(serverTook(false, times), times);
            assertEquals("ratio-openssl=unpinned ratio-bc=absent ratio-libjose=absent", results.lastLine());
            assertTrue(results.doubt().orElseThrow().startsWith("not pinned"));
        }
    }

    @Nested
    class WithNoNativeRival {
        private final Results results =
                serverTook(Map.of(Rival.OWN, new double[] {1, 1, 1}, Rival.BOUNCY_CASTLE, new double[] {4, 4, 4}));

        @Test
        void saysAbsent() {
            multiplyTookToo(
                    results, Map.of(Rival.OWN, new double[] {1, 1, 1}, Rival.BOUNCY_CASTLE, new double[] {4, 4, 4}));
            assertEquals("ratio-openssl=absent ratio-bc=0.250 ratio-libjose=absent", results.lastLine());
        }

        @Test
        void showsRatiosToBouncyCastle() {
            assertEquals(Rival.BOUNCY_CASTLE, results.reference());
            assertTrue(results.table().startsWith("x bc "), results.table());
        }
    }
}
