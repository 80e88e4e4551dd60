package io.panocrypt.policy.internal.records;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Role;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The stored form of a member.
 *
 * @param tokenHash SHA-256 of the token, base64url; the token is not stored
 */
public record StoredMember(Member member, String tokenHash) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static StoredMember of(Body body) {
        return new StoredMember(
                new Member(
                        body.id(),
                        body.name(),
                        body.role(),
                        body.contacts(),
                        body.tokenExpires(),
                        body.created(),
                        body.version(),
                        body.edited(),
                        body.tokenVersion()),
                body.tokenHash());
    }

    /** A copy with a changed member and the same token. */
    public StoredMember with(Member changed) {
        return new StoredMember(changed, tokenHash);
    }

    /** Without the hash of the token. */
    @Override
    public String toString() {
        return "Stored" + member;
    }

    @JsonValue
    Body body() {
        return new Body(
                member.id(),
                member.name(),
                member.role(),
                member.contacts(),
                tokenHash,
                member.tokenExpires(),
                member.created(),
                member.version(),
                member.edited(),
                member.tokenVersion());
    }

    /** The members of the stored text. */
    record Body(
            String id,
            String name,
            Role role,
            List<String> contacts,
            String tokenHash,
            Optional<Instant> tokenExpires,
            Instant created,
            long version,
            long edited,
            long tokenVersion) {}
}
