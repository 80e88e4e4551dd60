package io.panocrypt.policy;

import io.panocrypt.policy.model.Member;

/**
 * Who does something, for the audit.
 *
 * @param id a member's id, or a word for what is no member, such as {@code host}
 */
public record Actor(String id) {
    /** Somebody with a shell on the machine that holds the store. */
    public static final Actor HOST = new Actor("host");

    /** The service itself. */
    static final Actor SERVICE = new Actor("service");

    /** The member. */
    public static Actor of(Member member) {
        return new Actor(member.id());
    }
}
