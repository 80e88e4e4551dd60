package io.panocrypt.policy.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.rule.RuleInput;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.rule.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShippedRulesTest {
    private static final Instant NOW = Instant.parse("2026-03-04T12:00:00Z");

    private static RuleInput input(Instant time, Optional<Instant> lastAlive, String... tags) {
        return new RuleInput(
                "id", "web-1", new TreeSet<>(Set.of(tags)), Optional.empty(), time, Optional.empty(), lastAlive);
    }

    private static boolean isFree(UnlockRule rule, RuleInput input) {
        return rule.evaluate(input) instanceof Verdict.Abstain;
    }

    @Nested
    class OfUnlockWindows {
        private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

        private UnlockWindows windows(ZoneId zone, Otherwise outside, String... windows) {
            return new UnlockWindows(
                    "unlock-window",
                    Set.of("prod"),
                    List.of(windows).stream().map(WeeklyWindow::parse).toList(),
                    zone,
                    outside);
        }

        private boolean isFree(String window, String time) {
            return ShippedRulesTest.isFree(
                    windows(BERLIN, Otherwise.DENY, window), input(Instant.parse(time), Optional.empty(), "prod"));
        }

        /** The 2nd of March 2026 is a Monday; Berlin is then an hour ahead of UTC. */
        @ParameterizedTest
        @CsvSource({
            "Mon-Fri 06:00-22:00, 2026-03-02T04:59:59.999Z, false",
            "Mon-Fri 06:00-22:00, 2026-03-02T05:00:00.000Z, true",
            "Mon-Fri 06:00-22:00, 2026-03-02T20:59:59.999Z, true",
            "Mon-Fri 06:00-22:00, 2026-03-02T21:00:00.000Z, false",
            "Mon-Fri 06:00-22:00, 2026-03-06T12:00:00.000Z, true",
            "Mon-Fri 06:00-22:00, 2026-03-07T12:00:00.000Z, false",
            "Mon-Fri 06:00-22:00, 2026-03-08T12:00:00.000Z, false",
            // The days are those of the zone: in Berlin it is Monday already.
            "Mon 00:00-24:00, 2026-03-01T23:00:00.000Z, true",
            "Mon 00:00-24:00, 2026-03-01T22:59:59.999Z, false",
            "Mon 00:00-24:00, 2026-03-02T22:59:59.999Z, true",
            "Mon 00:00-24:00, 2026-03-02T23:00:00.000Z, false",
            "Mon 22:00-24:00, 2026-03-02T21:00:00.000Z, true",
            "Mon 22:00-24:00, 2026-03-02T23:00:00.000Z, false",
            // Over midnight, and from Sunday to Monday.
            "Sun 22:00-06:00, 2026-03-01T20:59:59.999Z, false",
            "Sun 22:00-06:00, 2026-03-01T21:00:00.000Z, true",
            "Sun 22:00-06:00, 2026-03-02T04:59:59.999Z, true",
            "Sun 22:00-06:00, 2026-03-02T05:00:00.000Z, false",
            "Sun 22:00-06:00, 2026-03-01T04:00:00.000Z, false",
            "Sat-Mon 06:00-06:00, 2026-03-03T04:59:59.999Z, true",
            "Sat-Mon 06:00-06:00, 2026-03-03T05:00:00.000Z, false",
            "Fri-Mon 10:00-11:00, 2026-03-01T09:30:00.000Z, true",
            "Fri-Mon 10:00-11:00, 2026-03-03T09:30:00.000Z, false",
        })
        void areFreeAtTheirTimes(String window, String time, boolean free) {
            assertEquals(free, isFree(window, time));
        }

        /** On 29 March 2026 the clocks go from 02:00 to 03:00, on 25 October from 03:00 to 02:00; both are Sundays. */
        @ParameterizedTest
        @CsvSource({
            "Sun 02:00-03:00, 2026-03-29T00:59:59.999Z, false",
            "Sun 02:00-03:00, 2026-03-29T01:00:00.000Z, false",
            "Sun 01:00-04:00, 2026-03-29T00:00:00.000Z, true",
            "Sun 01:00-04:00, 2026-03-29T01:59:59.999Z, true",
            "Sun 01:00-04:00, 2026-03-29T02:00:00.000Z, false",
            "Sat 22:00-06:00, 2026-03-29T03:59:59.999Z, true",
            "Sat 22:00-06:00, 2026-03-29T04:00:00.000Z, false",
            "Sun 02:00-03:00, 2026-10-24T23:59:59.999Z, false",
            "Sun 02:00-03:00, 2026-10-25T00:30:00.000Z, true",
            "Sun 02:00-03:00, 2026-10-25T01:30:00.000Z, true",
            "Sun 02:00-03:00, 2026-10-25T02:00:00.000Z, false",
            "Sat 22:00-06:00, 2026-10-25T04:59:59.999Z, true",
            "Sat 22:00-06:00, 2026-10-25T05:00:00.000Z, false",
        })
        void followTheClockOnTheWall(String window, String time, boolean free) {
            assertEquals(free, isFree(window, time));
        }

        @Test
        void leaveOtherDevicesAlone() {
            UnlockWindows rule = windows(BERLIN, Otherwise.DENY, "Sun 00:00-01:00");
            assertTrue(ShippedRulesTest.isFree(rule, input(NOW, Optional.empty(), "test")));
            UnlockWindows all = new UnlockWindows(
                    "all", Set.of(), List.of(WeeklyWindow.parse("Sun 00:00-01:00")), BERLIN, Otherwise.DENY);
            assertInstanceOf(Verdict.Deny.class, all.evaluate(input(NOW, Optional.empty(), "test")));
        }

        @Test
        void sayWhenTheyAre() {
            RuleInput input = input(NOW.minus(Duration.ofHours(10)), Optional.empty(), "prod");
            assertEquals(
                    Verdict.deny("outside Mon-Fri 06:00-22:00, Sat 08:00-12:00 Europe/Berlin"),
                    windows(BERLIN, Otherwise.DENY, "mon-fri 06:00-22:00", "Sat 08:00-12:00")
                            .evaluate(input));
            assertEquals(
                    Verdict.requireApproval("outside Mon-Fri 06:00-22:00 Z"),
                    windows(ZoneId.of("Z"), Otherwise.ASK, "Mon-Fri 06:00-22:00")
                            .evaluate(input));
            String[] many = new String[20];
            java.util.Arrays.fill(many, "Sun 00:00-01:00");
            assertEquals(
                    Verdict.deny("outside the 20 unlock windows"),
                    windows(BERLIN, Otherwise.DENY, many).evaluate(input));
        }

        @ParameterizedTest
        @CsvSource({
            "Mon-Fri 06:00-22:00, Mon-Fri 06:00-22:00",
            "sat 22:00-06:00, Sat 22:00-06:00",
            "Fri-Mon 00:00-24:00, Fri-Mon 00:00-24:00",
            "Tue-Mon 01:00-02:00, Mon-Sun 01:00-02:00",
        })
        void areReadAndWritten(String text, String written) {
            assertEquals(written, WeeklyWindow.parse(text).toString());
            assertEquals(WeeklyWindow.parse(text), WeeklyWindow.parse(written));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "Mon",
                    "Mon 6:00-22:00",
                    "Mon 06:00-25:00",
                    "Mon 24:00-06:00",
                    "Mon 06:60-22:00",
                    "Mon-Fri-Sun 06:00-22:00",
                    "Mo-Fr 06:00-22:00",
                    "Abc 06:00-22:00",
                    "Mon  06:00-22:00",
                    "Mon 06:00-22:00 ",
                    "Mon 06:00"
                })
        void areRefusedWithAnExample(String text) {
            String told = assertThrows(IllegalArgumentException.class, () -> WeeklyWindow.parse(text))
                    .getMessage();
            assertEquals(
                    "'" + text + "' is no window: write days and times, such as Mon-Fri 06:00-22:00 or Sat 22:00-06:00",
                    told);
        }
    }

    @Nested
    class OfLiveness {
        private final Liveness rule = new Liveness("liveness", Set.of("prod"), Duration.ofMinutes(30), Otherwise.ASK);

        @ParameterizedTest
        @CsvSource({"0, true", "1799999, true", "1800000, true", "1800001, false", "-1800000, true", "-1800001, false"})
        void countsTheLastCall(long millisAgo, boolean free) {
            Optional<Instant> last = Optional.of(NOW.minusMillis(millisAgo));
            assertEquals(free, isFree(rule, input(NOW, last, "prod", "web")));
        }

        @Test
        void asksWhereThereWasNone() {
            assertEquals(
                    Verdict.requireApproval("no sign of life within 30 minutes before"),
                    rule.evaluate(input(NOW, Optional.empty(), "prod")));
            assertTrue(isFree(rule, input(NOW, Optional.empty(), "web")));
            assertInstanceOf(
                    Verdict.Deny.class,
                    new Liveness("liveness", Set.of(), Liveness.MIN, Otherwise.DENY)
                            .evaluate(input(NOW, Optional.empty())));
        }

        @Test
        void needsTwoMinutes() {
            Duration tooShort = Liveness.MIN.minusMillis(1);
            assertThrows(
                    IllegalArgumentException.class, () -> new Liveness("liveness", Set.of(), tooShort, Otherwise.DENY));
        }
    }
}
