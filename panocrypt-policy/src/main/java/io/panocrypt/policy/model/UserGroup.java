package io.panocrypt.policy.model;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A named set of members that approval groups can name as an approver.
 *
 * @param id never changes
 * @param name unique
 * @param members identifiers of members
 * @param version counts edits from 1
 */
public record UserGroup(String id, String name, SortedSet<String> members, long version) {
    public UserGroup {
        members = Collections.unmodifiableSortedSet(new TreeSet<>(members));
    }
}
