package io.panocrypt.policy.internal.records;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.panocrypt.policy.model.ExternalIdentity;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Scope;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of a member.
 *
 * @param tokenHash SHA-256 of the token, base64url; the token is not stored. Null exactly for a member of a directory
 */
public record StoredMember(Member member, @Nullable String tokenHash) {
    public StoredMember {
        if ((tokenHash == null) != member.external().isPresent()) {
            throw new IllegalArgumentException("a member has either a token or an external identity");
        }
    }

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
                        body.tokenVersion(),
                        body.external(),
                        Objects.requireNonNullElse(body.scopes(), List.of())),
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
                member.tokenVersion(),
                member.external(),
                member.scopes());
    }

    /**
     * The members of the stored text. Earlier releases cannot read a member without a token, or a service account: there, it
     * may do nothing.
     */
    record Body(
            String id,
            String name,
            Role role,
            List<String> contacts,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String tokenHash,

            Optional<Instant> tokenExpires,
            Instant created,
            long version,
            long edited,
            long tokenVersion,
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<ExternalIdentity> external,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable List<Scope> scopes) {}
}
