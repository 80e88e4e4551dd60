package io.panocrypt.policy.model;

import io.panocrypt.policy.Members;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who does something, for the audit, and what lets them. Immutable.
 *
 * <p>An act of a member is committed only while the member is there, bears the token that this was made with, has no
 * lesser role than then, and the token has not expired. So an actor is made of a member as {@link Members#authenticate}
 * has found it, and for each request anew.
 */
public final class Actor {
    /** Somebody with a shell on the machine that holds the store; needs no token. */
    public static final Actor HOST = new Actor("host", null);

    /** The service itself. */
    public static final Actor SERVICE = new Actor("service", null);

    private final String id;
    private final @Nullable Member member;

    private Actor(String id, @Nullable Member member) {
        this.id = id;
        this.member = member;
    }

    /** The member, by the token whose hash is in it. */
    public static Actor of(Member member) {
        return new Actor(member.id(), member);
    }

    /** A machine that enrols itself; the edit that spends a use of the key is what the key is checked by. */
    public static Actor of(EnrollmentKey key) {
        return new Actor("enrollment-key/" + key.id(), null);
    }

    /** A member's id, or a word for what is no member, such as {@code host}. */
    public String id() {
        return id;
    }

    /** The member as it was when it authenticated; empty for what is no member. */
    public Optional<Member> member() {
        return Optional.ofNullable(member);
    }

    /** The id. */
    @Override
    public String toString() {
        return id;
    }
}
