package io.panocrypt.policy.internal.edit;

import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.EnrollmentKey;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.SourceRule;
import io.panocrypt.policy.net.Cidr;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The sources that a device, or an enrollment key, admits.
 *
 * @param blocks its own blocks, without registered addresses
 * @param lists the identifiers of its network access lists
 * @param guarded whether open sources are acknowledged, or approval is required
 */
public record SourcePolicy(List<Cidr> blocks, Set<String> lists, boolean guarded) {
    public static SourcePolicy of(Device device) {
        return new SourcePolicy(
                device.sources().stream()
                        .filter(rule -> !rule.registered())
                        .map(SourceRule::cidr)
                        .toList(),
                device.networkAccessLists(),
                device.requireApproval() || device.acknowledgeOpen());
    }

    public static SourcePolicy of(EnrollmentKey key) {
        return new SourcePolicy(
                key.sources(), Set.copyOf(key.networkAccessLists()), key.requireApproval() || key.acknowledgeOpen());
    }

    /** Its own blocks and those of the lists, except blocks that are acknowledged as open. */
    public List<Cidr> unacknowledged(Collection<NetworkAccessList> listed) {
        return guarded
                ? List.of()
                : Stream.concat(
                                blocks.stream(),
                                listed.stream()
                                        .filter(list -> !list.acknowledgeOpen())
                                        .flatMap(list -> list.cidrs().stream()))
                        .toList();
    }
}
