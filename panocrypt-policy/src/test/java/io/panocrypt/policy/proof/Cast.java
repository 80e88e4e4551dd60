package io.panocrypt.policy.proof;

import io.panocrypt.policy.model.Role;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The initial site of every sequence, and the pace of its machines. */
final class Cast {
    /** The rate that an honest host may keep for hours: 75 requests a minute. */
    static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(800);
    /** Gives two allowances, or two lockdowns, different ages. */
    static final Duration BETWEEN_ACTS = Duration.ofMillis(1);

    static final Set<String> WEB_TAGS = Set.of("prod");
    static final Set<String> EDGE_TAGS = Set.of("prod", "www");
    static final int WEB_VOLUMES = 2;
    static final List<String> BLOCKS = List.of("10.0.0.0/24", "2001:db8::/32");
    /** The approvers of the one approval group. */
    static final Set<String> APPROVERS = Set.of("alice", "bob");

    private Cast() {}

    static Role role(String member) {
        return switch (member) {
            case "dave" -> Role.ADMIN;
            case "erin" -> Role.VIEWER;
            default -> Role.APPROVER;
        };
    }
}
