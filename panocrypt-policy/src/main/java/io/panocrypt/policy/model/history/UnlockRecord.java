package io.panocrypt.policy.model.history;

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
 * One entry of the history: an attempt, or several equal ones, and its result.
 *
 * @param time when it was decided, by the store's clock; for several attempts, the last of them
 * @param deviceId the device
 * @param source the observed address; empty if it was unknown
 * @param kid the requested thumbprint; for several attempts, of the first
 * @param outcome how it ended
 * @param reason why
 * @param count how many equal attempts it counts
 * @param gates each gate's result
 * @param rule the rule that refused, asked for an approval, or failed; for several attempts, as at the first
 * @param spent the allowance or approval request that lost a use; if both did, separated by a comma
 * @param note further facts for operators, empty for none
 * @param node the node that decided; the name of its chain; empty for counts not yet in the journal
 * @param hash of the journal entry; empty for counts not yet in the journal
 */
public record UnlockRecord(
        Instant time,
        String deviceId,
        Optional<IpAddress> source,
        String kid,
        Outcome outcome,
        Reason reason,
        int count,
        Map<Gate, GateResult> gates,
        Optional<RuleFinding> rule,
        Optional<String> spent,
        String note,
        String node,
        String hash) {
    public UnlockRecord {
        gates = Map.copyOf(gates);
    }
}
