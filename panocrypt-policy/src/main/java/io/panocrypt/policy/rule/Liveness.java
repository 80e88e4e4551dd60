package io.panocrypt.policy.rule;

import io.panocrypt.policy.spi.rule.RuleInput;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.rule.Verdict;
import java.time.Duration;
import java.util.Set;

/**
 * Lets devices unlock by themselves only if they ran a short while ago: they call {@code POST /alive} behind their unlock URL
 * from a timer. Otherwise it asks, or denies. Thread-safe.
 *
 * <p>So a reboot needs nobody, and a disk that is carried away is no longer unlocked after a short time. A first boot, and one
 * after a long power cut, is asked for.
 */
public final class Liveness implements UnlockRule {
    /** The shortest time: signs of life are recorded to the minute. */
    public static final Duration MIN = Duration.ofMinutes(2);

    private final String name;
    private final Set<String> tags;
    private final Duration within;
    private final Otherwise otherwise;

    /**
     * Creates a rule.
     *
     * @param name as {@link UnlockRule#name} says
     * @param tags the tags that a device must all have for the rule to apply; empty for every device
     * @param within how long a call counts, {@link #MIN} at least; three times the pause between two calls lets one be lost
     * @param otherwise what happens if the last call was earlier, or there was none
     */
    public Liveness(String name, Set<String> tags, Duration within, Otherwise otherwise) {
        if (within.compareTo(MIN) < 0) {
            throw new IllegalArgumentException("a liveness rule needs " + MIN.toMinutes() + " minutes at least");
        }
        this.name = name;
        this.tags = Set.copyOf(tags);
        this.within = within;
        this.otherwise = otherwise;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Verdict evaluate(RuleInput input) {
        boolean isFree = !input.hasAll(tags)
                || input.lastAlive()
                        .map(last -> Duration.between(last, input.time()).abs())
                        .filter(age -> age.compareTo(within) <= 0)
                        .isPresent();
        // Not the time since then, which would differ at each attempt.
        return isFree
                ? Verdict.abstain()
                : otherwise.because("no sign of life within " + within.toMinutes() + " minutes before");
    }
}
