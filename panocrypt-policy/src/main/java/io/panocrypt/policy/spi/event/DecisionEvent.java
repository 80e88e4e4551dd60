package io.panocrypt.policy.spi.event;

import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.net.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What became of one attempt to unlock. Holds no secret: neither token nor key nor point. Immutable. */
public sealed interface DecisionEvent {
    /**
     * Policy has decided, and that is durable; a refusal that equals the one before is only counted, as is one for asking too
     * often. Allowed means that the answer carries a point.
     *
     * @param time the store's, of the snapshot
     * @param deviceId the device's id
     * @param source the address that asked; empty if it cannot be told
     * @param outcome what was decided
     * @param reason why, as in the history
     * @param deciding from the attempt's arrival to the end of the commit
     * @param multiplying how long the custody took; empty unless allowed
     */
    record Decided(
            Instant time,
            String deviceId,
            Optional<IpAddress> source,
            Outcome outcome,
            Reason reason,
            Duration deciding,
            Optional<Duration> multiplying)
            implements DecisionEvent {}

    /**
     * The token is no device's; nothing was written.
     *
     * @param deciding from the attempt's arrival
     */
    record Unknown(Duration deciding) implements DecisionEvent {}

    /**
     * Nobody has refused, and yet no answer carries a point; a use may be gone.
     *
     * @param fault what failed
     * @param deviceId the device's id; empty where it had not been read
     * @param lasted from the attempt's arrival
     */
    record Failed(Fault fault, Optional<String> deviceId, Duration lasted) implements DecisionEvent {}

    /** What can fail. */
    enum Fault {
        /** The store threw, or did not answer in time. */
        STORE,
        /** The custody threw after the commit. */
        CUSTODY,
        /** Policy kept changing while the decision was made. */
        CONTENTION,
        /** Too many attempts were being answered already. */
        OVERLOAD
    }
}
