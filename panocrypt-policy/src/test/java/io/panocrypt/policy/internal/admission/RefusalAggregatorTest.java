package io.panocrypt.policy.internal.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.net.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalAggregatorTest {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final String HOME = "10.0.0.1";

    private Instant now = START;
    private final RefusalAggregator folder = new RefusalAggregator(() -> now);

    private Refusal refusal(String device, String source, Reason reason, String kid) {
        Outcome outcome = reason == Reason.APPROVAL_PENDING ? Outcome.PENDING : Outcome.DENIED;
        return new Refusal(
                device,
                Optional.of(IpAddress.parse(source)),
                kid,
                outcome,
                reason,
                Map.of(Gate.KEY, GateResult.PASS),
                Optional.empty(),
                now);
    }

    private Refusal refusal(String source, Reason reason) {
        return refusal("web-1", source, reason, "kid");
    }

    private boolean countOrOpen(String source) {
        return folder.countOrOpen(refusal(source, Reason.DISABLED));
    }

    private void advance(Duration by) {
        now = now.plus(by);
    }

    private List<Integer> counts() {
        return folder.takeDue().stream().map(RefusalSummary::count).toList();
    }

    /** A loop of attempts, with a flush each minute; returns the times of the entries, in seconds from the start. */
    private List<String> rows(Duration pause, Duration over, Duration flushesBegin) {
        List<String> rows = new ArrayList<>();
        Instant end = START.plus(over);
        Instant flush = START.plus(flushesBegin);
        while (now.isBefore(end)) {
            if (countOrOpen(HOME)) {
                rows.add(Duration.between(START, now).toSeconds() + ":1");
            }
            Instant next = now.plus(pause);
            while (!flush.isAfter(next)) {
                now = flush;
                folder.takeDue()
                        .forEach(row -> rows.add(Duration.between(START, now).toSeconds() + ":" + row.count()));
                flush = flush.plusSeconds(60);
            }
            now = next;
        }
        return rows;
    }

    @Nested
    class ALoop {
        @Test
        void getsRowsAtOnceAndAfterOneFiveFifteenSixtyMinutesAndHourly() {
            assertEquals(
                    List.of("0:1", "60:11", "300:48", "900:120", "3600:540", "7200:720", "10800:720"),
                    rows(Duration.ofSeconds(5), Duration.ofHours(3).plusMinutes(59), Duration.ofSeconds(60)));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 17, 59})
        void getsThreeRowsInTenMinutesWheneverTheFlushesCome(int seconds) {
            List<String> rows = rows(Duration.ofMillis(500), Duration.ofMinutes(10), Duration.ofSeconds(seconds));
            assertEquals(3, rows.size(), rows::toString);
            int written = rows.stream()
                    .mapToInt(row -> Integer.parseInt(row.substring(row.indexOf(':') + 1)))
                    .sum();
            List<RefusalSummary> rest = folder.takeAll();
            assertEquals(1, rest.size());
            assertEquals(1200, written + rest.get(0).count());
        }

        @Test
        void isOverWhenNothingCameUntilARowWasDue() {
            assertTrue(countOrOpen(HOME));
            assertFalse(countOrOpen(HOME));
            advance(Duration.ofMinutes(1));
            assertEquals(List.of(1), counts());
            advance(Duration.ofMinutes(4).minusMillis(1));
            assertEquals(List.of(), counts());
            assertFalse(countOrOpen(HOME), "not over yet");
            advance(Duration.ofMillis(1));
            assertEquals(List.of(1), counts());
            advance(Duration.ofMinutes(10));
            assertEquals(List.of(), counts());
            assertEquals(0, folder.size());
            assertTrue(countOrOpen(HOME));
        }
    }

    @Nested
    class ARow {
        @Test
        void hasTheKidOfTheFirstAndTheTimeOfTheLast() {
            folder.countOrOpen(refusal("web-1", HOME, Reason.DISABLED, "first"));
            advance(Duration.ofSeconds(1));
            folder.countOrOpen(refusal("web-1", HOME, Reason.DISABLED, "second"));
            advance(Duration.ofSeconds(1));
            Refusal last = refusal("web-1", HOME, Reason.DISABLED, "first");
            folder.countOrOpen(refusal("web-1", HOME, Reason.DISABLED, "third"));
            advance(Duration.ofMinutes(1));
            assertEquals(List.of(new RefusalSummary(last, 2, false)), folder.takeDue());
        }

        @Test
        void standsForOneDeviceSourceAndReasonOnly() {
            assertTrue(folder.countOrOpen(refusal("web-1", HOME, Reason.DISABLED, "kid")));
            assertTrue(folder.countOrOpen(refusal("web-2", HOME, Reason.DISABLED, "kid")));
            assertTrue(folder.countOrOpen(refusal("web-1", "10.0.0.2", Reason.DISABLED, "kid")));
            assertTrue(folder.countOrOpen(refusal("web-1", HOME, Reason.LOCKDOWN, "kid")));
            assertFalse(folder.countOrOpen(refusal("web-1", HOME, Reason.LOCKDOWN, "other")));
        }

        @Test
        void comesWithTheNextRefusalWhereTheFirstWasNotWritten() {
            Refusal refusal = refusal(HOME, Reason.DISABLED);
            assertTrue(folder.countOrOpen(refusal));
            assertFalse(folder.countOrOpen(refusal), "counted while the first is being written");
            folder.missed(refusal);
            assertTrue(folder.countOrOpen(refusal));
            assertFalse(folder.countOrOpen(refusal));
            assertEquals(2, folder.takeAll().get(0).count());
        }

        @Test
        void isDueSoonWhenTheSourceIsRefusedForAnotherReason() {
            countOrOpen(HOME);
            countOrOpen(HOME);
            advance(Duration.ofSeconds(1));
            folder.countOrOpen(refusal(HOME, Reason.LOCKDOWN));
            assertEquals(List.of(1), counts());
        }
    }

    @Nested
    class AnAnswer {
        @Test
        void makesWhatWasCountedDueAndTheNextRefusalFirst() {
            countOrOpen(HOME);
            countOrOpen(HOME);
            countOrOpen("10.0.0.2");
            countOrOpen("10.0.0.2");
            folder.end("web-1", Optional.of(IpAddress.parse(HOME)));
            List<RefusalSummary> due = folder.takeDue();
            assertEquals(1, due.size());
            assertEquals(IpAddress.parse(HOME), due.get(0).refusal().source().orElseThrow());
            assertTrue(countOrOpen(HOME));
            assertFalse(countOrOpen("10.0.0.2"));
        }
    }

    @Nested
    class ARestart {
        @Test
        void letsWhatWasCountedBeforeStandForItself() {
            Refusal wait = refusal(HOME, Reason.APPROVAL_PENDING);
            folder.countOrOpen(wait);
            folder.countOrOpen(wait);
            folder.restart(wait);
            assertEquals(List.of(1), counts());
            assertFalse(folder.countOrOpen(wait));
        }
    }

    @Nested
    class AFlood {
        private int firsts;
        private int counted;

        private int flood(int sources) {
            int rows = 0;
            for (int i = 0; i < sources; i++) {
                rows += countOrOpen("10.1." + i / 256 + "." + i % 256) ? 1 : 0;
            }
            return rows;
        }

        @Test
        void getsTenRowsAndOneForTheRest() {
            assertEquals(10, flood(10_000));
            advance(Duration.ofMinutes(1));
            List<RefusalSummary> rows = folder.takeDue();
            assertEquals(1, rows.size());
            assertEquals(9_990, rows.get(0).count());
            assertTrue(rows.get(0).various());
            assertEquals(Optional.empty(), rows.get(0).refusal().source());
            assertEquals("", rows.get(0).refusal().kid());
        }

        @Test
        void neverGetsMoreThanTenRowsOfAMinuteAndOneForTheRest() {
            Map<Long, Integer> own = new HashMap<>();
            Map<Long, Integer> rest = new HashMap<>();
            int attempts = 0;
            for (int minute = 0; minute < 90; minute++) {
                for (int i = 0; i < 600; i++) {
                    attempts++;
                    if (countOrOpen("10.1." + i / 200 + "." + (i * 7 + minute) % 200)) {
                        firsts++;
                        own.merge(now.getEpochSecond() / 60, 1, Integer::sum);
                    }
                    advance(Duration.ofMillis(100));
                }
                folder.takeDue().forEach(row -> {
                    long of = row.refusal().time().getEpochSecond() / 60;
                    (row.various() ? rest : own).merge(of, 1, Integer::sum);
                    counted += row.count();
                });
            }
            assertTrue(own.values().stream().allMatch(rows -> rows <= 10), own::toString);
            assertTrue(rest.values().stream().allMatch(rows -> rows == 1), rest::toString);
            int written = own.values().stream().mapToInt(rows -> rows).sum();
            assertTrue(written >= 900, written + " rows");
            folder.takeAll().forEach(row -> counted += row.count());
            assertEquals(attempts, counted + firsts);
        }

        @Test
        void leavesOtherDevicesTheirRows() {
            flood(1_000);
            assertTrue(folder.countOrOpen(refusal("web-2", HOME, Reason.DISABLED, "kid")));
        }

        @Test
        void fillsNoMoreThanThirtyTwoFoldsOfADevice() {
            for (int minute = 0; minute < 30; minute++) {
                flood(100 * minute);
                advance(Duration.ofMinutes(1));
            }
            assertTrue(folder.size() <= 32, folder.size() + " folds");
        }
    }

    @Nested
    class WhatIsCountedOnly {
        @Test
        void getsItsRowWithTheNextFlush() {
            Refusal limited = refusal(HOME, Reason.RATE_LIMITED);
            folder.count(limited);
            folder.count(limited);
            assertEquals(List.of(2), counts());
            folder.count(limited);
            assertEquals(List.of(), counts());
            advance(Duration.ofMinutes(1));
            assertEquals(List.of(1), counts());
        }
    }

    @Nested
    class WhenMemoryIsFull {
        private final RefusalAggregator small = new RefusalAggregator(() -> now, 40);

        @Test
        void handsOutWhatItForgets() {
            int counted = 0;
            for (int i = 0; i < 100; i++) {
                Refusal refusal = refusal("web-" + i, HOME, Reason.LOCKDOWN, "kid");
                assertTrue(small.countOrOpen(refusal));
                assertFalse(small.countOrOpen(refusal));
                counted += 2;
                assertTrue(small.size() <= 40);
            }
            List<RefusalSummary> rows = small.takeAll();
            assertEquals(100, rows.size());
            assertEquals(
                    counted, 100 + rows.stream().mapToInt(RefusalSummary::count).sum());
        }

        @Test
        void saysWhenTooMuchWaitsToBeWritten() {
            for (int i = 0; i < 600; i++) {
                assertEquals(i > 539, small.isCrowded(), "after " + i);
                Refusal refusal = refusal("web-" + i, HOME, Reason.LOCKDOWN, "kid");
                small.countOrOpen(refusal);
                small.countOrOpen(refusal);
            }
            small.takeDue();
            assertFalse(small.isCrowded());
        }
    }

    @Test
    void showsWhatIsCountedWithoutTakingIt() {
        countOrOpen(HOME);
        countOrOpen(HOME);
        folder.countOrOpen(refusal("web-2", HOME, Reason.DISABLED, "kid"));
        folder.countOrOpen(refusal("web-2", HOME, Reason.DISABLED, "kid"));
        assertEquals(2, folder.pending().size());
        assertEquals(
                List.of(1),
                folder.pending("web-1").stream().map(RefusalSummary::count).toList());
        assertEquals(List.of(), folder.pending("web-3"));
        assertEquals(2, folder.takeAll().size());
        assertEquals(List.of(), folder.pending());
    }

    @Test
    void goesOnWhenTheClockJumpsBack() {
        countOrOpen(HOME);
        countOrOpen(HOME);
        advance(Duration.ofHours(-1));
        assertEquals(List.of(1), counts());
        countOrOpen(HOME);
        advance(Duration.ofMinutes(1));
        assertEquals(List.of(1), counts());
    }

    @Test
    void forgetsDevicesThatAreNotRefusedAnyMore() {
        for (int i = 0; i < 1_000; i++) {
            folder.countOrOpen(refusal("web-" + i, HOME, Reason.LOCKDOWN, "kid"));
        }
        assertEquals(1_000, folder.size());
        advance(Duration.ofMinutes(2));
        assertEquals(List.of(), counts());
        assertEquals(0, folder.size());
        assertEquals(0, folder.devices());
    }
}
