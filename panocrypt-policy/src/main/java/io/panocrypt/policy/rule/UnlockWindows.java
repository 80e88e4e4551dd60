package io.panocrypt.policy.rule;

import io.panocrypt.policy.spi.rule.RuleInput;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.rule.Verdict;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lets devices unlock by themselves at some times of the week only; at other times it asks, or denies. Thread-safe.
 *
 * <p>Times are those that a clock on the wall shows in the zone. An hour that summer time skips does not occur, and one that
 * occurs twice counts twice.
 */
public final class UnlockWindows implements UnlockRule {
    private final String name;
    private final Set<String> tags;
    private final List<WeeklyWindow> windows;
    private final ZoneId zone;
    private final Otherwise outside;
    private final String reason;

    /**
     * Creates a rule.
     *
     * @param name as {@link UnlockRule#name} says
     * @param tags the tags that a device must all have for the rule to apply; empty for every device
     * @param windows when the rule abstains; one at least
     * @param zone the zone of the windows' times
     * @param outside what happens at other times
     */
    public UnlockWindows(String name, Set<String> tags, List<WeeklyWindow> windows, ZoneId zone, Otherwise outside) {
        if (windows.isEmpty()) {
            throw new IllegalArgumentException("a rule of unlock windows needs one window at least");
        }
        this.name = name;
        this.tags = Set.copyOf(tags);
        this.windows = List.copyOf(windows);
        this.zone = zone;
        this.outside = outside;
        this.reason = reason();
    }

    private String reason() {
        String times = windows.stream().map(WeeklyWindow::toString).collect(Collectors.joining(", "));
        String text = "outside " + times + " " + zone;
        return text.length() <= Verdict.MAX_REASON ? text : "outside the " + windows.size() + " unlock windows";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Verdict evaluate(RuleInput input) {
        ZonedDateTime local = input.time().atZone(zone);
        boolean isFree = !input.hasAll(tags)
                || windows.stream().anyMatch(window -> window.contains(local.getDayOfWeek(), local.toLocalTime()));
        return isFree ? Verdict.abstain() : outside.because(reason);
    }
}
