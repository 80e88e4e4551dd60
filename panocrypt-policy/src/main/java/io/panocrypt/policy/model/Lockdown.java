package io.panocrypt.policy.model;

import java.time.Instant;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A switch for incidents that refuses every device, or every device that has all the given tags.
 *
 * @param id never changes
 * @param tags the tags that a device must all have to be covered; empty covers every device
 * @param reason free text for operators
 * @param createdBy the member who started it
 * @param created when it started
 * @param version counts edits from 1
 */
public record Lockdown(
        String id, SortedSet<String> tags, String reason, String createdBy, Instant created, long version) {
    public Lockdown {
        tags = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(tags));
    }

    /** Whether a device with those tags is refused. */
    public boolean covers(Set<String> deviceTags) {
        return deviceTags.containsAll(tags);
    }
}
