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
 * @param tokenHash SHA-256 of the token, base64url; the token itself is never stored
 * @param tokenExpires when the token ends; empty for never
 * @param created when
 * @param version counts changes from 1, those of the token included
 * @param edited the version that the latest change of anything but the token made: who saw that one or a later one saw
 *     what is stored; 0 in a record of a release that did not know it, and then the version
 */
public record Member(
        String id,
        String name,
        Role role,
        List<String> contacts,
        String tokenHash,
        Optional<Instant> tokenExpires,
        Instant created,
        long version,
        long edited) {
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
                id, newName, newRole, newContacts, tokenHash, tokenExpires, created, version + 1, version + 1);
    }

    /** The same member with another token, at the next version. */
    public Member withToken(String hash, Optional<Instant> expires) {
        return new Member(id, name, role, contacts, hash, expires, created, version + 1, edited);
    }

    /** Whether who saw that version saw what is stored now, but for the token. */
    public boolean isUnchangedSince(long seen) {
        return edited <= seen && seen <= version;
    }

    /** The member without the hash of the token. */
    @Override
    public String toString() {
        return "Member[id=" + id + ", name=" + name + ", role=" + role + ", version=" + version + "]";
    }
}
