package io.panocrypt.policy.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants of a member; null leaves a part as it is, or at its default in a new member.
 *
 * @param name 1 to 63 of {@code [a-z0-9.-]}; a new member must have one
 * @param role default {@link Role#VIEWER}
 * @param contacts URIs, at most 16 of at most 2,048 characters, of schemes that a notifier serves; default none
 */
public record MemberChange(
        @Nullable String name,
        @Nullable Role role,
        @Nullable List<String> contacts) {}
