package io.panocrypt.policy.model;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A person or program that operates the service, known by a bearer token.
 *
 * @param id never changes
 * @param name unique
 * @param role what it may do
 * @param contacts where notices go, such as {@code mailto:} addresses
 * @param tokenExpires when the token ends; empty for never
 * @param created when
 * @param version counts changes from 1, those of the token included
 * @param edited the version that the latest change of anything but the token made: who saw that one or a later one saw
 *     what is stored; 0 in a record of a release that did not know it, and then the version
 * @param tokenVersion the version that the latest change of the token made; 0 in a record of a release that did not know it
 */
public record Member(
        String id,
        String name,
        Role role,
        List<String> contacts,
        Optional<Instant> tokenExpires,
        Instant created,
        long version,
        long edited,
        long tokenVersion) {
    public Member {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(role, "role");
        contacts = List.copyOf(contacts);
        edited = edited == 0 ? version : edited;
    }

    /** The same member with other properties, at the next version. */
    public Member with(String newName, Role newRole, List<String> newContacts) {
        return new Member(
                id, newName, newRole, newContacts, tokenExpires, created, version + 1, version + 1, tokenVersion);
    }

    /** The same member with another token, at the next version. */
    public Member withNewToken(Optional<Instant> expires) {
        return new Member(id, name, role, contacts, expires, created, version + 1, edited, version + 1);
    }

    /** Whether who saw that version saw what is stored now, but for the token. */
    public boolean isUnchangedSince(long seen) {
        return edited <= seen && seen <= version;
    }

    /** Whether both bear the same token. */
    public boolean hasTokenOf(Member other) {
        return id.equals(other.id) && created.equals(other.created) && tokenVersion == other.tokenVersion;
    }

    /** The member without its contacts, which may be secrets. */
    @Override
    public String toString() {
        return "Member[id=" + id + ", name=" + name + ", role=" + role + ", version=" + version + "]";
    }
}
