package io.panocrypt.policy.model;

import java.time.Instant;
import java.util.List;
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
 * @param version counts edits from 1
 */
public record Member(
        String id,
        String name,
        Role role,
        List<String> contacts,
        String tokenHash,
        Optional<Instant> tokenExpires,
        Instant created,
        long version) {
    public Member {
        contacts = List.copyOf(contacts);
    }

    /** The member without the hash of the token. */
    @Override
    public String toString() {
        return "Member[id=" + id + ", name=" + name + ", role=" + role + ", version=" + version + "]";
    }
}
