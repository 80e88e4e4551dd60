package io.panocrypt.policy.model;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who decides about which devices: it covers every device that currently has all its tags.
 *
 * @param id never changes
 * @param name unique
 * @param requiredTags the tags that a device must all have; at least one
 * @param approvers identifiers of members and user groups
 * @param quorum how many of its own approvers must agree; with 0 the group needs no approval by itself, and any one of its
 *     approvers decides when the device's {@code requireApproval}, a rule or another group asks
 * @param proof what a vote needs
 * @param version counts edits from 1
 */
public record ApprovalGroup(
        String id,
        String name,
        SortedSet<String> requiredTags,
        SortedSet<String> approvers,
        int quorum,
        Proof proof,
        long version) {
    /** What a vote needs beside the member's authority. */
    public enum Proof implements WireNamed {
        /** Nothing. */
        NONE,
        /**
         * A passkey's signature over the vote. Then no vote without it counts for the devices that the group covers,
         * whichever group the voter is in, and no allowance skips the approval.
         */
        SIGNED
    }

    public ApprovalGroup {
        requiredTags = Collections.unmodifiableSortedSet(new TreeSet<>(requiredTags));
        approvers = Collections.unmodifiableSortedSet(new TreeSet<>(approvers));
    }

    /** Whether a device with those tags is covered. */
    public boolean covers(Set<String> deviceTags) {
        return deviceTags.containsAll(requiredTags);
    }
}
