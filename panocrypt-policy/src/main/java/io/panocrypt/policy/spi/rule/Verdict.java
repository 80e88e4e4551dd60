package io.panocrypt.policy.spi.rule;

import io.panocrypt.policy.spi.store.StoreText;

/** What a rule answers about one attempt. There is no answer that allows. Immutable. */
public sealed interface Verdict {
    /** The maximum length of a reason, in characters. */
    int MAX_REASON = 200;

    /** The rule has nothing against the attempt. */
    record Abstain() implements Verdict {}

    /**
     * Somebody must approve the attempt, as if the device had {@code requireApproval}. The approvers are those of the groups
     * that cover the device. If there are none, the attempt is refused.
     *
     * @param reason why, for operators and approvers: 1 to 200 characters, without control characters
     */
    record RequireApproval(String reason) implements Verdict {
        /** @throws IllegalArgumentException if the reason is malformed */
        public RequireApproval {
            check(reason);
        }
    }

    /**
     * The attempt is refused.
     *
     * @param reason why, for operators: 1 to 200 characters, without control characters
     */
    record Deny(String reason) implements Verdict {
        /** @throws IllegalArgumentException if the reason is malformed */
        public Deny {
            check(reason);
        }
    }

    /** The rule has nothing against the attempt. */
    static Verdict abstain() {
        return new Abstain();
    }

    /** As {@link RequireApproval}. */
    static Verdict requireApproval(String reason) {
        return new RequireApproval(reason);
    }

    /** As {@link Deny}. */
    static Verdict deny(String reason) {
        return new Deny(reason);
    }

    private static void check(String reason) {
        if (reason.isBlank()
                || reason.length() > MAX_REASON
                || !StoreText.isStorable(reason)
                || reason.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a rule's reason must have 1 to " + MAX_REASON + " characters, without control characters");
        }
    }
}
