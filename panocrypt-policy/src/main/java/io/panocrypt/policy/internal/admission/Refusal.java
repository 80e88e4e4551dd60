package io.panocrypt.policy.internal.admission;

import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.RuleFinding;
import io.panocrypt.policy.net.IpAddress;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * An attempt that was refused or must wait. Equal ones differ only in kid, gates, time and the words of a rule.
 *
 * @param deviceId the device
 * @param source the observed address; empty if it is unknown
 * @param kid the requested key
 * @param outcome denied or pending
 * @param reason why
 * @param gates the result of each gate
 * @param rule the rule that refused, asked or failed
 * @param time when it was decided, by the store's clock
 */
public record Refusal(
        String deviceId,
        Optional<IpAddress> source,
        String kid,
        Outcome outcome,
        Reason reason,
        Map<Gate, GateResult> gates,
        Optional<RuleFinding> rule,
        Instant time) {
    public Refusal {
        gates = Map.copyOf(gates);
    }

    Refusal at(Instant newTime) {
        return new Refusal(deviceId, source, kid, outcome, reason, gates, rule, newTime);
    }

    /** A copy without source, kid and gates, to stand for several refusals. */
    Refusal withoutSource() {
        return new Refusal(deviceId, Optional.empty(), "", outcome, reason, Map.of(), rule, time);
    }
}
