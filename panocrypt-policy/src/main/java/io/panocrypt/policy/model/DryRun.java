package io.panocrypt.policy.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What an attempt would be answered now. Immutable.
 *
 * @param outcome allowed, denied or pending
 * @param reason the first gate that fails, or how the attempt would pass
 * @param gates what each gate says, in the order in which they are asked
 */
public record DryRun(Outcome outcome, Reason reason, Map<Gate, GateResult> gates) {
    public DryRun {
        gates = Collections.unmodifiableMap(new EnumMap<>(gates));
    }
}
