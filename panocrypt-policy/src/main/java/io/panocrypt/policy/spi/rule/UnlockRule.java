package io.panocrypt.policy.spi.rule;

/**
 * A condition of the embedder's own. It can ask for an approval or refuse; it can never allow.
 *
 * <p>The service asks the rules in the order of their registration, after it has checked lockdowns, denies, the device's
 * state and its sources, and before it looks for an approval. So a rule never sees an attempt that one of these refuses. The
 * first {@link Verdict.Deny} ends the questions; otherwise the first {@link Verdict.RequireApproval} counts.
 *
 * <p>The answers are for one evaluation of one attempt. They are asked for again at each evaluation, also when an approval is
 * collected, and are never kept. So a rule needs no version: what it reads may change at any time.
 *
 * <p>Implementations are thread-safe. All rules of an evaluation have 250 ms together (set by {@code
 * Panocrypt.Builder.ruleTimeout}), in a thread that the service owns and interrupts when the time is over. A rule that
 * throws, answers null or is late refuses the attempt with the reason {@code rule-failed}. A rule that ignores the interrupt
 * keeps its thread. When 64 threads are kept, every attempt that reaches the rules is refused.
 */
public interface UnlockRule {
    /**
     * The rule's name in the history, in metrics and in answers to operators: 1 to 40 characters of {@code [a-z0-9-]},
     * unique in a service. It never changes.
     */
    String name();

    /** Judges an attempt. May be called for several attempts at once. */
    Verdict evaluate(RuleInput input);
}
