package io.panocrypt.policy.internal.decision;

import io.panocrypt.policy.model.RuleFinding;
import java.util.Optional;

/**
 * What the embedder's rules answered together.
 *
 * @param effect what it does to the attempt
 * @param finding the rule that decided; empty if all abstained, there are none, or none was asked
 */
public record RuleAnswer(Effect effect, Optional<RuleFinding> finding) {
    /** The effects of an answer. */
    public enum Effect {
        NONE,
        /** The attempt needs an approval. */
        ASK,
        /** The attempt is refused. */
        DENY,
        /** The attempt is refused, because a rule gave no answer. */
        FAIL
    }

    public static final RuleAnswer NONE = new RuleAnswer(Effect.NONE, Optional.empty());

    public static RuleAnswer of(Effect effect, String rule, String reason) {
        return new RuleAnswer(effect, Optional.of(new RuleFinding(rule, reason)));
    }
}
