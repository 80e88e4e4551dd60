package io.panocrypt.benchmarks.ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SideBySideTest {
    private static final Plan PLAN = new Plan(4, 1000, 5000);

    /** A contender that takes as long as it is told, and writes down when it is called. */
    private record Scripted(Rival rival, long nanosEach, List<String> calls) implements Contender {
        @Override
        public long nanosOf(int operations) {
            calls.add(rival.heading() + " " + operations);
            return nanosEach * operations;
        }
    }

    private final List<String> calls = new ArrayList<>();

    private List<String> roundsOf(Contender... contenders) throws Exception {
        SideBySide.run(List.of(contenders), PLAN);
        return calls.subList(calls.size() - PLAN.rounds() * contenders.length, calls.size());
    }

    @Test
    void givesEverybodyATurnOfEqualLengthInEveryRoundAndRotatesTheOrder() throws Exception {
        assertEquals(
                List.of(
                        "own 10",
                        "bc 2",
                        "openssl 1", //
                        "bc 2",
                        "openssl 1",
                        "own 10", //
                        "openssl 1",
                        "own 10",
                        "bc 2", //
                        "own 10",
                        "bc 2",
                        "openssl 1"),
                roundsOf(
                        new Scripted(Rival.OWN, 100, calls),
                        new Scripted(Rival.BOUNCY_CASTLE, 500, calls),
                        new Scripted(Rival.OPENSSL, 3000, calls)));
    }

    @Test
    void givesTheTimeOfOneOperation() throws Exception {
        Map<Rival, double[]> times = SideBySide.run(List.of(new Scripted(Rival.OWN, 100, calls)), PLAN);
        assertArrayEquals(new double[] {100, 100, 100, 100}, times.get(Rival.OWN));
    }
}
