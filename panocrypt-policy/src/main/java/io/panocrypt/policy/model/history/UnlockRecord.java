package io.panocrypt.policy.model.history;

import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.net.IpAddress;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One line of the history: an attempt, or several equal ones, and what became of it.
 *
 * @param time when it was decided, by the store's clock; of the last attempt that the line stands for
 * @param deviceId the device
 * @param source the observed address; empty when it could not be told
 * @param kid the thumbprint that was asked for; of the first attempt that the line stands for
 * @param outcome how it ended
 * @param reason why
 * @param count how many equal attempts the line stands for
 * @param gates what each gate said
 * @param spent the allowance or approval request that lost a use; both with a comma between them
 * @param note what an operator must know beyond that, empty for nothing
 * @param node the node that decided; the name of its chain; empty for what is counted and not yet written
 * @param hash of the journal row; empty for what is counted and not yet written
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
        Optional<String> spent,
        String note,
        String node,
        String hash) {
    public UnlockRecord {
        gates = Map.copyOf(gates);
    }
}
