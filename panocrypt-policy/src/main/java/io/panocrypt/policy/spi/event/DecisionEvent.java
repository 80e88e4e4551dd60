package io.panocrypt.policy.spi.event;

import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.net.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The end of one attempt to unlock, or one call by which a device says that it runs. It holds no secret: no token, no key, no point. Immutable. */
public sealed interface DecisionEvent {
    /**
     * Policy has decided, and the decision is durable. Two kinds of refusal are only counted: one that equals the one
     * before, and one for asking too often. Allowed means that the answer carries a point.
     *
     * @param time the store's time of the snapshot
     * @param deviceId the device's id
     * @param source the address that asked; empty if it is unknown
     * @param outcome what was decided
     * @param reason why, as in the history
     * @param rule the name of the embedder's rule that refused, asked for an approval, or failed
     * @param deciding from the attempt's arrival to the end of the commit
     * @param multiplying how long the custody took; empty unless allowed
     */
    record Decided(
            Instant time,
            String deviceId,
            Optional<IpAddress> source,
            Outcome outcome,
            Reason reason,
            Optional<String> rule,
            Duration deciding,
            Optional<Duration> multiplying)
            implements DecisionEvent {}

    /**
     * No device has this token; nothing was written.
     *
     * @param deciding from the attempt's arrival
     */
    record Unknown(Duration deciding) implements DecisionEvent {}

    /**
     * A fault: nobody refused, but no answer carries a point; a use may have been spent.
     *
     * @param fault what failed
     * @param deviceId the device's id; empty if it was not read yet
     * @param lasted from the attempt's arrival
     */
    record Failed(Fault fault, Optional<String> deviceId, Duration lasted) implements DecisionEvent {}

    /**
     * A device, or somebody with its URL, said that it runs.
     *
     * @param deviceId the device's id; empty if no device has this token, or its source is not allowed
     */
    record Alive(Optional<String> deviceId) implements DecisionEvent {}

    /** The kinds of fault. */
    enum Fault {
        /** The store threw, or did not answer in time. */
        STORE,
        /** The custody threw after the commit. */
        CUSTODY,
        /** Policy changed repeatedly while the decision was made. */
        CONTENTION,
        /** Too many attempts were already in progress. */
        OVERLOAD,
        /** The store was restored from a backup, and no operator has lifted its fence. */
        FENCED
    }
}
