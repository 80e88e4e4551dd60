package io.panocrypt.policy.rule;

import io.panocrypt.policy.spi.rule.Verdict;

/** What a rule answers about an attempt that does not meet its condition. */
public enum Otherwise {
    /** The attempt needs an approval. */
    ASK,
    /** The attempt is refused. */
    DENY;

    Verdict because(String reason) {
        return this == ASK ? Verdict.requireApproval(reason) : Verdict.deny(reason);
    }
}
