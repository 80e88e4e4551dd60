package io.panocrypt.policy.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the answer to an attempt would be now. Immutable.
 *
 * @param outcome allowed, denied or pending
 * @param reason the first gate that fails, or how the attempt would pass
 * @param gates each gate's result, in the order of evaluation
 * @param rule the rule that would refuse, ask or fail
 */
public record DryRun(Outcome outcome, Reason reason, Map<Gate, GateResult> gates, Optional<RuleFinding> rule) {
    public DryRun {
        gates = Collections.unmodifiableMap(new EnumMap<>(gates));
    }
}
