package io.panocrypt.policy.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The changes that an operator wants to a member. Null leaves a part unchanged, or at its default in a new member.
 *
 * @param name 1 to 63 of {@code [a-z0-9.-]}; a new member must have one
 * @param role default {@link Role#VIEWER}
 * @param contacts URIs, at most 16 of at most 2,048 characters each, whose schemes a notifier serves; default none
 * @param scopes what a service account may do, 1 to 32; a new member with scopes is a service account, without a role or
 *     contacts of its own; null for people
 */
public record MemberChange(
        @Nullable String name,
        @Nullable Role role,
        @Nullable List<String> contacts,
        @Nullable List<Scope> scopes) {
    /** Changes to a member who is a person. */
    public MemberChange(@Nullable String name, @Nullable Role role, @Nullable List<String> contacts) {
        this(name, role, contacts, null);
    }
}
