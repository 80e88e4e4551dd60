package io.panocrypt.policy.model;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A person or program that operates the service and authenticates by a bearer token.
 *
 * @param id never changes
 * @param name unique
 * @param role what it may do
 * @param contacts where notices go, such as {@code mailto:} addresses
 * @param tokenExpires when the token ends; empty for never
 * @param created when it was added
 * @param version counts changes from 1, those of the token included
 * @param edited the version of the latest change to anything but the token: a reader who saw that version or a later
 *     one saw the stored state; 0 in a record of an old release, where {@code version} counts instead
 * @param tokenVersion the version of the latest change to the token; 0 in a record of an old release
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

    /** Whether nothing but the token has changed since that version. */
    public boolean isUnchangedSince(long seen) {
        return edited <= seen && seen <= version;
    }

    /** Whether both have the same token. */
    public boolean hasTokenOf(Member other) {
        return id.equals(other.id) && created.equals(other.created) && tokenVersion == other.tokenVersion;
    }

    /** The member without its contacts, which may be secret. */
    @Override
    public String toString() {
        return "Member[id=" + id + ", name=" + name + ", role=" + role + ", version=" + version + "]";
    }
}
