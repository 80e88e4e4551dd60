package io.panocrypt.policy.model;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A person or program that operates the service: by a bearer token, or signed in by a directory of the host application.
 *
 * @param id never changes
 * @param name unique
 * @param role what it may do
 * @param contacts where notices go, such as {@code mailto:} addresses
 * @param tokenExpires when the token ends; empty for never, and without a token
 * @param created when it was added
 * @param version counts changes from 1, those of the token included
 * @param edited the version of the latest change to anything but the token: a reader who saw that version or a later
 *     one saw the stored state; 0 in a record of an old release, where {@code version} counts instead
 * @param tokenVersion the version of the latest change to the token; 0 in a record of an old release
 * @param external who the member is in a directory outside, which then also decides the role, and the member has no token;
 *     empty for a member with a token
 * @param scopes what a service account may do; empty exactly for all other members
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
        long tokenVersion,
        Optional<ExternalIdentity> external,
        List<Scope> scopes) {
    public Member {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(role, "role");
        contacts = List.copyOf(contacts);
        edited = edited == 0 ? version : edited;
        scopes = List.copyOf(scopes);
        if (scopes.isEmpty() == (role == Role.SERVICE)) {
            throw new IllegalArgumentException("a service account has scopes, and nobody else has");
        }
    }

    /** The same member with other properties, at the next version. */
    public Member with(String newName, Role newRole, List<String> newContacts, List<Scope> newScopes) {
        return new Member(
                id,
                newName,
                newRole,
                newContacts,
                tokenExpires,
                created,
                version + 1,
                version + 1,
                tokenVersion,
                external,
                newScopes);
    }

    /** The same member with another token, at the next version. */
    public Member withNewToken(Optional<Instant> expires) {
        return new Member(
                id, name, role, contacts, expires, created, version + 1, edited, version + 1, external, scopes);
    }

    /** The same member, authenticated by something that does not expire with the token. */
    public Member withoutTokenExpiry() {
        return new Member(
                id, name, role, contacts, Optional.empty(), created, version, edited, tokenVersion, external, scopes);
    }

    /** Whether nothing but the token has changed since that version. */
    public boolean isUnchangedSince(long seen) {
        return edited <= seen && seen <= version;
    }

    /** Whether both have the same token. */
    public boolean hasTokenOf(Member other) {
        return id.equals(other.id) && created.equals(other.created) && tokenVersion == other.tokenVersion;
    }

    /** Whether a scope names that act; false for all but service accounts. */
    public boolean hasScope(Scope.Act act) {
        return scopes.stream().anyMatch(scope -> scope.act() == act);
    }

    /** Whether the act on the device is within the scopes; true for all but service accounts, whose roles say what they may. */
    public boolean isInScope(Scope.Act act, Device device) {
        return role != Role.SERVICE || scopes.stream().anyMatch(scope -> scope.admits(act, device));
    }

    /**
     * Refuses an act of a service account outside its scopes; does nothing for other members.
     *
     * @param device null if there is none: the account must not learn whether a device outside its scopes exists
     * @throws OperationException {@code NOT_FOUND} for {@link Scope.Act#READ}, else {@code FORBIDDEN}
     */
    public void requireScope(Scope.Act act, @Nullable Device device) {
        if (role != Role.SERVICE || device != null && isInScope(act, device)) {
            return;
        }
        if (act == Scope.Act.READ) {
            throw OperationException.notFound("device");
        }
        throw new OperationException(
                OperationException.Kind.FORBIDDEN,
                "no scope of this service account allows " + act.wireName() + " on such a device");
    }

    /** The member without its contacts, which may be secret. */
    @Override
    public String toString() {
        return "Member[id=" + id + ", name=" + name + ", role=" + role + ", version=" + version + "]";
    }
}
