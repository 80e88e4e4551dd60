package io.panocrypt.policy.spi.rule;

import io.panocrypt.policy.net.IpAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a rule knows about an attempt. It holds no secret: no token, no key, no point. Immutable.
 *
 * @param deviceId never changes
 * @param deviceName the device's current name
 * @param tags the device's current tags
 * @param source the address that asks; empty if it is unknown, which an allowance may have permitted
 * @param time the time of the decision, by the store's clock
 * @param lastUnlock when the device last got an answer, by the history; empty if there is none among the device's newest 1,000
 *     entries
 * @param lastAlive when the device last said that it runs ({@code POST /alive}), to the minute; empty if it never did
 */
public record RuleInput(
        String deviceId,
        String deviceName,
        SortedSet<String> tags,
        Optional<IpAddress> source,
        Instant time,
        Optional<Instant> lastUnlock,
        Optional<Instant> lastAlive) {
    public RuleInput {
        tags = Collections.unmodifiableSortedSet(new TreeSet<>(tags));
    }

    /** Whether the device has all of these tags. */
    public boolean hasAll(Set<String> required) {
        return tags.containsAll(required);
    }
}
