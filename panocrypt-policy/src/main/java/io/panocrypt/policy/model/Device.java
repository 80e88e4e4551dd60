package io.panocrypt.policy.model;

import io.panocrypt.crypto.ec.Curve;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A machine whose disk may be unlocked, with its address, its policy and its keys.
 *
 * @param id never changes
 * @param name unique among devices that are not revoked
 * @param token the path segment of its unlock URL; an address, not a credential
 * @param state its current state
 * @param volumes how many LUKS volumes it binds, 1 to 32: the default number of uses of a grant
 * @param tags {@code key=value} or bare word, lower-case
 * @param sources its own source policy
 * @param networkAccessLists identifiers of the shared lists that it refers to
 * @param requireApproval whether a human must approve each boot
 * @param acknowledgeOpen whether an operator confirmed a source as wide as the Internet
 * @param notes free text for operators
 * @param curve the curve of its next generation of keys
 * @param custody the custody of its next generation of keys; empty for the service's default
 * @param keys its generations, oldest first; empty once revoked
 * @param created when it was enrolled
 * @param version counts operators' edits from 1
 */
public record Device(
        String id,
        String name,
        String token,
        DeviceState state,
        int volumes,
        SortedSet<String> tags,
        List<SourceRule> sources,
        SortedSet<String> networkAccessLists,
        boolean requireApproval,
        boolean acknowledgeOpen,
        String notes,
        Curve curve,
        Optional<String> custody,
        List<DeviceKey> keys,
        Instant created,
        long version) {

    public Device {
        tags = sorted(tags);
        sources = List.copyOf(sources);
        networkAccessLists = sorted(networkAccessLists);
        keys = List.copyOf(keys);
    }

    private static SortedSet<String> sorted(Set<String> values) {
        return java.util.Collections.unmodifiableSortedSet(new TreeSet<>(values));
    }

    /** The device without its token and keys, which must not be logged. */
    @Override
    public String toString() {
        return "Device[id=" + id + ", name=" + name + ", state=" + state + ", version=" + version + "]";
    }

    /** The generations in the advertisement: exactly one, or none once revoked. */
    public List<DeviceKey> advertised() {
        return keys.stream().filter(key -> !key.hidden()).toList();
    }

    /** The same device in another state. */
    public Device withState(DeviceState newState) {
        return with(newState, sources, keys, version);
    }

    /** The same device with other sources of its own. */
    public Device withSources(List<SourceRule> newSources) {
        return with(state, newSources, keys, version);
    }

    /** The same device with other keys. */
    public Device withKeys(List<DeviceKey> newKeys) {
        return with(state, sources, newKeys, version);
    }

    /** The same device at another version. */
    public Device withVersion(long newVersion) {
        return with(state, sources, keys, newVersion);
    }

    private Device with(DeviceState newState, List<SourceRule> newSources, List<DeviceKey> newKeys, long newVersion) {
        return new Device(
                id,
                name,
                token,
                newState,
                volumes,
                tags,
                newSources,
                networkAccessLists,
                requireApproval,
                acknowledgeOpen,
                notes,
                curve,
                custody,
                newKeys,
                created,
                newVersion);
    }
}
