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
 * What a device, or a key that makes devices, says of sources.
 *
 * @param blocks its own, but for the one address that was registered
 * @param lists the identifiers of the network access lists that it refers to
 * @param guarded whether open sources are meant, or a person decides
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

    /** The blocks of its own and of those lists that nobody has acknowledged as open. */
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
