package io.panocrypt.policy.decision;

import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What policy says of an attempt, and what it costs.
 *
 * @param outcome allowed, denied or pending
 * @param reason the first gate that fails, or how the attempt passed
 * @param gates what each gate said, in order
 * @param spends the allowance that loses a use if the attempt is answered
 */
public record Decision(Outcome outcome, Reason reason, Map<Gate, GateResult> gates, Optional<Allowance> spends) {
    public Decision {
        gates = Collections.unmodifiableMap(new EnumMap<>(gates));
    }
}
