package io.panocrypt.policy.model;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.net.Cidr;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A secret with which machines enrol themselves, and the settings of the devices that it makes.
 *
 * @param id never changes
 * @param name unique among enrollment keys
 * @param uses how many devices it may enrol
 * @param usesLeft how many of them are left
 * @param created when it was made
 * @param expires when it ends
 * @param registerSource whether the address that a machine enrols from becomes one of its sources
 * @param initialState {@link DeviceState#ACTIVE}, or {@link DeviceState#PENDING} until an operator confirms
 * @param volumes of its devices
 * @param tags of its devices
 * @param sources of its devices, in addition to the registered one
 * @param networkAccessLists of its devices
 * @param requireApproval of its devices
 * @param acknowledgeOpen of its devices
 * @param notes of its devices
 * @param curve of its devices
 * @param version counts changes from 1, enrolments included
 */
public record EnrollmentKey(
        String id,
        String name,
        int uses,
        int usesLeft,
        Instant created,
        Instant expires,
        boolean registerSource,
        DeviceState initialState,
        int volumes,
        SortedSet<String> tags,
        List<Cidr> sources,
        SortedSet<String> networkAccessLists,
        boolean requireApproval,
        boolean acknowledgeOpen,
        String notes,
        Curve curve,
        long version) {
    public EnrollmentKey {
        tags = Collections.unmodifiableSortedSet(new TreeSet<>(tags));
        sources = List.copyOf(sources);
        networkAccessLists = Collections.unmodifiableSortedSet(new TreeSet<>(networkAccessLists));
    }

    /** Whether it can enrol a device at that time: it has a use left and has not expired. */
    public boolean isValidAt(Instant now) {
        return usesLeft > 0 && now.isBefore(expires);
    }

    /** The same key with one use less. */
    public EnrollmentKey spend() {
        return new EnrollmentKey(
                id,
                name,
                uses,
                usesLeft - 1,
                created,
                expires,
                registerSource,
                initialState,
                volumes,
                tags,
                sources,
                networkAccessLists,
                requireApproval,
                acknowledgeOpen,
                notes,
                curve,
                version + 1);
    }
}
