package io.panocrypt.policy.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who performs an act, for the audit, and the authority behind it. Immutable.
 *
 * <p>A member's act is committed only if, at that time, the member still exists, has the token that this actor was made
 * with, has no lower role than then, and the token has not expired. Make an actor for each request anew, from the
 * member that a method {@code authenticate} of {@code Members} returned.
 */
public final class Actor {
    /** A person with a shell on the machine that holds the store; needs no token. */
    public static final Actor HOST = new Actor("host", null);

    /** The service itself. */
    public static final Actor SERVICE = new Actor("service", null);

    private final String id;
    private final @Nullable Member member;

    private Actor(String id, @Nullable Member member) {
        this.id = id;
        this.member = member;
    }

    /** The actor for a member, with the token whose hash is in it. */
    public static Actor of(Member member) {
        return new Actor(member.id(), member);
    }

    /** The actor for a machine that enrols itself; the edit that spends a use of the key also checks the key. */
    public static Actor of(EnrollmentKey key) {
        return new Actor("enrollment-key/" + key.id(), null);
    }

    /** The actor for a directory outside, which decides who its members are and which roles they have. */
    public static Actor of(ExternalIdentity identity) {
        return new Actor("directory/" + identity.directory(), null);
    }

    /** A member's id, or a word for an actor that is no member, such as {@code host}. */
    public String id() {
        return id;
    }

    /** The member as it was when it authenticated; empty for an actor that is no member. */
    public Optional<Member> member() {
        return Optional.ofNullable(member);
    }

    /** The id. */
    @Override
    public String toString() {
        return id;
    }
}
