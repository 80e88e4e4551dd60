package io.panocrypt.policy.spi.store;

import java.time.Instant;
import java.util.List;

/**
 * The state from which a decision about one device is made, read at one moment.
 *
 * @param now the store's time, to the millisecond
 * @param epoch the policy epoch
 * @param device the device's record
 * @param grants the device's grants that have uses left, are not cancelled and have not expired; in any order
 * @param requests the records of kind {@link PolicyRecord#REQUEST} that hold the device's id as a term; in any order
 */
public record DecisionSnapshot(
        Instant now, long epoch, PolicyRecord device, List<Grant> grants, List<PolicyRecord> requests) {
    public DecisionSnapshot {
        requests = List.copyOf(requests);
        grants = List.copyOf(grants);
    }
}
