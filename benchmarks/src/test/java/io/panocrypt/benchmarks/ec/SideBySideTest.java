package io.panocrypt.benchmarks.ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class SideBySideTest {
    private static final Plan PLAN = new Plan(4, 1000, 5000);

    /** A contender with a given time that records its calls. */
    private record Scripted(Rival rival, long nanosEach, List<String> calls) implements Contender {
        @Override
        public long nanosOf(int operations) {
            calls.add(rival.heading() + " " + operations);
            return nanosEach * operations;
        }
    }

    private final List<String> calls = new ArrayList<>();

    private List<String> roundsOf(Contender... contenders) throws Exception {
        SideBySide.run(List.of(contenders), PLAN, () -> 0);
        return calls.subList(calls.size() - 2 * PLAN.rounds() * contenders.length, calls.size());
    }

    @Test
    void givesEverybodyTwoTurnsOfEqualLengthInEveryRoundFromTheSlowestAndBack() throws Exception {
        assertEquals(
                List.of(
                        "bc 2",
                        "openssl 8",
                        "own 10",
                        "own 10",
                        "openssl 8",
                        "bc 2", //
                        "bc 2",
                        "own 10",
                        "openssl 8",
                        "openssl 8",
                        "own 10",
                        "bc 2"),
                roundsOf(
                                new Scripted(Rival.OWN, 100, calls),
                                new Scripted(Rival.BOUNCY_CASTLE, 500, calls),
                                new Scripted(Rival.OPENSSL, 125, calls))
                        .subList(0, 12));
    }

    @Test
    void swapsTheTwoFastestFromRoundToRound() {
        assertArrayEquals(new int[] {0, 1, 2, 2, 1, 0}, SideBySide.turns(3, 0));
        assertArrayEquals(new int[] {0, 2, 1, 1, 2, 0}, SideBySide.turns(3, 1));
        assertArrayEquals(new int[] {1, 0, 0, 1}, SideBySide.turns(2, 3));
        assertArrayEquals(new int[] {0, 0}, SideBySide.turns(1, 1));
    }

    @Test
    void givesTheTimeOfOneOperation() throws Exception {
        Timings timings = SideBySide.run(List.of(new Scripted(Rival.OWN, 100, calls)), PLAN, () -> 0);
        assertArrayEquals(new double[] {100, 100, 100, 100}, timings.nanos().get(Rival.OWN));
    }

    @Test
    void doesNotSeeAMachineThatSlowsDownSteadily() throws Exception {
        long[] clock = {1_000};
        List<Contender> contenders = List.of(
                new Slowing(Rival.OWN, clock), new Slowing(Rival.SUN_EC, clock), new Slowing(Rival.OPENSSL, clock));
        Map<Rival, double[]> nanos =
                SideBySide.run(contenders, new Plan(4, 1, 1), () -> 0).nanos();
        assertArrayEquals(nanos.get(Rival.OPENSSL), nanos.get(Rival.OWN));
        assertArrayEquals(nanos.get(Rival.OPENSSL), nanos.get(Rival.SUN_EC));
    }

    /** A contender that becomes slower with each turn of any contender. */
    private record Slowing(Rival rival, long[] clock) implements Contender {
        @Override
        public long nanosOf(int operations) {
            return clock[0]++ * operations;
        }
    }

    @Test
    void countsNothingUntilTheCompilersHaveBeenIdleForThreeRounds() throws Exception {
        int idle = callsWith(() -> 0);
        Iterator<Long> compiled = List.of(10L, 20L, 20L, 30L, 30L, 30L, 30L).iterator();
        assertEquals(idle + 2 * 3, callsWith(compiled::next));
        assertFalse(compiled.hasNext());
    }

    @Test
    void doesNotWaitForeverForCompilersThatNeverSettle() throws Exception {
        AtomicLong compiled = new AtomicLong();
        assertEquals(callsWith(() -> 0) + 2 * 27, callsWith(compiled::incrementAndGet));
    }

    private int callsWith(LongSupplier compiled) throws Exception {
        calls.clear();
        SideBySide.run(List.of(new Scripted(Rival.OWN, 100, calls)), PLAN, compiled);
        return calls.size();
    }
}
