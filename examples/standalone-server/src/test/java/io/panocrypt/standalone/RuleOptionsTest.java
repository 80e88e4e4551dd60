package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.rule.RuleInput;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.rule.Verdict;
import io.panocrypt.standalone.common.StartupException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class RuleOptionsTest {
    /** A Monday, eight in the evening in Berlin. */
    private static final Instant NOW = Instant.parse("2026-03-02T19:00:00Z");

    private static List<UnlockRule> rules(String... args) {
        return CommandLine.populateCommand(new RuleOptions(), args).rules();
    }

    private static Verdict ask(UnlockRule rule, String... tags) {
        return rule.evaluate(new RuleInput(
                "id",
                "web-1",
                new TreeSet<>(Set.of(tags)),
                Optional.empty(),
                NOW,
                Optional.empty(),
                Optional.of(NOW.minusSeconds(1799))));
    }

    @Test
    void areRulesInTheirOrder() {
        List<UnlockRule> rules = rules(
                "--liveness",
                "tag=prod;30m;else=ask",
                "--liveness",
                "29m;else=deny",
                "--unlock-window",
                "tag=prod;tag=site=Izmir;Mon-Fri 06:00-20:00,Sat 08:00-12:00;Europe/Berlin;outside=ask",
                "--unlock-window",
                "tag=prod; Mon-Fri 06:00-20:30 ; Europe/Berlin ; outside=DENY");
        assertEquals(
                List.of("unlock-window", "unlock-window-2", "liveness", "liveness-2"),
                rules.stream().map(UnlockRule::name).toList());
        assertEquals(
                Verdict.requireApproval("outside Mon-Fri 06:00-20:00, Sat 08:00-12:00 Europe/Berlin"),
                ask(rules.get(0), "prod", "site=izmir"));
        assertEquals(Verdict.abstain(), ask(rules.get(0), "prod"));
        assertEquals(Verdict.abstain(), ask(rules.get(1), "prod"));
        assertEquals(Verdict.abstain(), ask(rules.get(2), "prod"));
        assertEquals(Verdict.deny("no sign of life within 29 minutes before"), ask(rules.get(3)));
        assertEquals(List.of(), rules());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '"',
            value = {
                "--unlock-window ! Mon-Fri ! must be [tag=TAG;]TIMES;ZONE;outside=ask|deny, such as",
                "--unlock-window ! tag=;Mon 06:00-22:00;UTC;outside=ask ! must be [tag=TAG;]TIMES;ZONE",
                "--unlock-window ! Mon 06:00-22:00;UTC;outside=allow ! must be [tag=TAG;]TIMES;ZONE",
                "--unlock-window ! Mon 06:00-22:00;outside=ask;UTC ! must be [tag=TAG;]TIMES;ZONE",
                "--unlock-window ! Mon 6-22;UTC;outside=ask ! 'Mon 6-22' is no window: write days and times",
                "--unlock-window ! Mon 06:00-22:00;Berlin;outside=ask ! 'Berlin' is no time zone: write one such as",
                "--unlock-window ! Mon 06:00-22:00;;outside=ask ! '' is no time zone: write one such as",
                "--liveness ! 30m ! must be [tag=TAG;]TIME;else=ask|deny, such as",
                "--liveness ! 30;else=ask ! '30' is not a duration",
                "--liveness ! 1m;else=deny ! '1m;else=deny': a liveness rule needs 2 minutes at least, such as 'tag=prod;30m"
            })
    void areRefusedInOneLine(String option, String value, String problem) {
        String told =
                assertThrows(StartupException.class, () -> rules(option, value)).getMessage();
        assertTrue(told.startsWith(option + ": ") && told.contains(problem), told);
        assertEquals(1, told.lines().count(), told);
    }

    @Test
    void areRefusedWhereOneWouldShutTheOther() {
        String window = "tag=prod;Mon 06:00-22:00;UTC;outside=ask";
        String told = assertThrows(
                        StartupException.class, () -> rules("--unlock-window", window, "--unlock-window", window))
                .getMessage();
        assertEquals(
                "--unlock-window: two for the same devices; write all times into one, with commas between them", told);
    }
}
