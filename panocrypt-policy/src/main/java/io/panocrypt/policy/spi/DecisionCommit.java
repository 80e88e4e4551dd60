package io.panocrypt.policy.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decision that asks to become real: what must still hold, and what then happens, all or nothing.
 *
 * @param entry the history row; its id is the commit's
 * @param deviceId the device's record, which must
 * @param deviceVersion still have this version, while the policy epoch must
 * @param epoch still be this
 * @param spend the grant of that device that loses one use, which must be valid at the store's time, have a use left and
 *     not be cancelled; null to spend nothing
 * @param outbox notices that are kept with the decision
 */
public record DecisionCommit(
        JournalEntry entry,
        String deviceId,
        long deviceVersion,
        long epoch,
        @Nullable String spend,
        List<OutboxEntry> outbox) {
    public DecisionCommit {
        outbox = List.copyOf(outbox);
    }
}
