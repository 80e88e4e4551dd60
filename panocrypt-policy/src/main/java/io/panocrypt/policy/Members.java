package io.panocrypt.policy;

import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Role;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;

/** Who operates the service. Thread-safe; throws as {@link Devices} does. */
public final class Members {
    /** One identifier for whoever makes the first administrator, so that the store lets only one of them. */
    private static final String FIRST_ADMINISTRATOR = "administrator";

    private final Editor editor;

    Members(Editor editor) {
        this.editor = editor;
    }

    /** The member who bears that token. */
    public Optional<Member> authenticate(String token) {
        return editor.store()
                .find(Records.MEMBER, Records.tokenTerm(hash(token)))
                .map(found -> Records.read(found, Member.class));
    }

    /**
     * Makes the administrator of a new site.
     *
     * @return the token, which is not stored; empty when the site has an administrator
     */
    public Optional<String> createFirstAdministrator() {
        String token = editor.ids().token();
        Member made = new Member(FIRST_ADMINISTRATOR, FIRST_ADMINISTRATOR, Role.ADMIN, hash(token), editor.now(), 1);
        try {
            editor.apply(
                    editor.draft(Actor.HOST, "member.create", Records.MEMBER, made.id(), null, MemberAudit.of(made))
                            .put(Records.of(made)));
            return Optional.of(token);
        } catch (OperationException e) {
            if (e.kind() == OperationException.Kind.STALE || e.kind() == OperationException.Kind.TAKEN) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Recovery by whoever holds the store: a fresh token for the first administrator; the old one ends. */
    public String replaceAdministratorToken() {
        Optional<String> first = createFirstAdministrator();
        if (first.isPresent()) {
            return first.get();
        }
        String token = editor.ids().token();
        editor.retrying(
                () -> editor.store()
                        .get(Records.MEMBER, FIRST_ADMINISTRATOR)
                        .map(found -> Records.read(found, Member.class))
                        .orElseThrow(() -> OperationException.notFound("administrator")),
                before -> {
                    Member after = new Member(
                            before.id(),
                            before.name(),
                            Role.ADMIN,
                            hash(token),
                            before.created(),
                            before.version() + 1);
                    return editor.draft(
                                    Actor.HOST,
                                    "member.rotate-token",
                                    Records.MEMBER,
                                    before.id(),
                                    MemberAudit.of(before),
                                    MemberAudit.of(after))
                            .put(Records.of(after));
                });
        return token;
    }

    /** What the audit keeps of a member: everything but the token's hash. */
    private record MemberAudit(String name, Role role, long version) {
        static MemberAudit of(Member member) {
            return new MemberAudit(member.name(), member.role(), member.version());
        }
    }

    /** A token has 128 random bits, so that one round of a fast hash hides it. */
    private static String hash(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
