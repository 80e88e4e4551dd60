package io.panocrypt.policy.model;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.net.Cidr;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The changes that an operator wants to a device. Null leaves a member unchanged, or at its default in a new device.
 *
 * @param name 1 to 63 of {@code [a-z0-9.-]}; a new device must have one
 * @param tags converted to lower case; default none
 * @param sources the device's own blocks; default none, which allows no unlock
 * @param networkAccessLists identifiers of lists that exist; default none
 * @param requireApproval default false
 * @param acknowledgeOpen default false
 * @param volumes 1 to 32, default 1
 * @param notes at most 4,096 characters, default empty
 * @param curve of the next generation of keys, default P-521
 * @param custody the name of the custody of the next generation of keys, or {@link #DEFAULT_CUSTODY}, the default
 */
public record DeviceChange(
        @Nullable String name,
        @Nullable Set<String> tags,
        @Nullable List<Cidr> sources,
        @Nullable Set<String> networkAccessLists,
        @Nullable Boolean requireApproval,
        @Nullable Boolean acknowledgeOpen,
        @Nullable Integer volumes,
        @Nullable String notes,
        @Nullable Curve curve,
        @Nullable String custody) {
    /** Leaves the choice to the service, for each generation of keys when it is made. */
    public static final String DEFAULT_CUSTODY = "default";

    /** A change that changes nothing. */
    public static DeviceChange none() {
        return new DeviceChange(null, null, null, null, null, null, null, null, null, null);
    }

    /** The same change with that name. */
    public DeviceChange withName(String newName) {
        return new DeviceChange(
                newName,
                tags,
                sources,
                networkAccessLists,
                requireApproval,
                acknowledgeOpen,
                volumes,
                notes,
                curve,
                custody);
    }

    /** The same change with those tags. */
    public DeviceChange withTags(String... newTags) {
        return new DeviceChange(
                name,
                Set.of(newTags),
                sources,
                networkAccessLists,
                requireApproval,
                acknowledgeOpen,
                volumes,
                notes,
                curve,
                custody);
    }

    /** The same change with those blocks. */
    public DeviceChange withSources(String... cidrs) {
        List<Cidr> parsed = java.util.Arrays.stream(cidrs).map(Cidr::parse).toList();
        return new DeviceChange(
                name,
                tags,
                parsed,
                networkAccessLists,
                requireApproval,
                acknowledgeOpen,
                volumes,
                notes,
                curve,
                custody);
    }

    /** The same change with those lists. */
    public DeviceChange withNetworkAccessLists(String... ids) {
        return new DeviceChange(
                name, tags, sources, Set.of(ids), requireApproval, acknowledgeOpen, volumes, notes, curve, custody);
    }

    /** The same change with approval required or not. */
    public DeviceChange withRequireApproval(boolean required) {
        return new DeviceChange(
                name, tags, sources, networkAccessLists, required, acknowledgeOpen, volumes, notes, curve, custody);
    }

    /** The same change with that many volumes. */
    public DeviceChange withVolumes(int count) {
        return new DeviceChange(
                name,
                tags,
                sources,
                networkAccessLists,
                requireApproval,
                acknowledgeOpen,
                count,
                notes,
                curve,
                custody);
    }

    /** The same change with that curve. */
    public DeviceChange withCurve(Curve newCurve) {
        return new DeviceChange(
                name,
                tags,
                sources,
                networkAccessLists,
                requireApproval,
                acknowledgeOpen,
                volumes,
                notes,
                newCurve,
                custody);
    }

    /** The same change with that custody. */
    public DeviceChange withCustody(@Nullable String newCustody) {
        return new DeviceChange(
                name,
                tags,
                sources,
                networkAccessLists,
                requireApproval,
                acknowledgeOpen,
                volumes,
                notes,
                curve,
                newCustody);
    }
}
