package io.panocrypt.policy.model;

import java.time.Instant;

/**
 * A person or program that operates the service, known by a bearer token.
 *
 * @param id never changes
 * @param name unique
 * @param role what it may do
 * @param tokenHash SHA-256 of the token, base64url; the token itself is never stored
 * @param created when
 * @param version counts edits from 1
 */
public record Member(String id, String name, Role role, String tokenHash, Instant created, long version) {
    /** The member without the hash of its token, which belongs into no log. */
    @Override
    public String toString() {
        return "Member[id=" + id + ", name=" + name + ", role=" + role + ", version=" + version + "]";
    }
}
