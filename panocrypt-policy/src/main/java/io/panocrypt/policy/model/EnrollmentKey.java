package io.panocrypt.policy.model;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.net.Cidr;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A secret with which machines enrol themselves, and what they become.
 *
 * @param id never changes
 * @param name unique among enrollment keys
 * @param uses how many devices it enrols
 * @param usesLeft how many of them are still to come
 * @param created when
 * @param expires when it ends
 * @param registerSource whether the address that a machine enrols from becomes a source of its own
 * @param initialState {@link DeviceState#ACTIVE}, or {@link DeviceState#PENDING} until an operator confirms
 * @param volumes of what it enrols
 * @param tags of what it enrols
 * @param sources of what it enrols, beside the registered one
 * @param networkAccessLists of what it enrols
 * @param requireApproval of what it enrols
 * @param acknowledgeOpen of what it enrols
 * @param notes of what it enrols
 * @param curve of what it enrols
 * @param version counts changes from 1, enrolments among them
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

    /** Whether it enrols at that time. */
    public boolean isValidAt(Instant now) {
        return usesLeft > 0 && now.isBefore(expires);
    }

    /** The same key, one use later. */
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
