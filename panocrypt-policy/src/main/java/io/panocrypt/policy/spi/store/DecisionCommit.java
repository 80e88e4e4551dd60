package io.panocrypt.policy.spi.store;

import java.util.List;

/**
 * A decision that asks to become real: what must still hold, and what then happens, all or nothing.
 *
 * @param entry the history row; its id is the commit's
 * @param deviceId the device's record, which must
 * @param deviceVersion still have this version, while the policy epoch must
 * @param epoch still be this
 * @param spends the grants of that device that lose one use each, which must all be valid at the store's time, have a use
 *     left and not be cancelled; no grant twice
 * @param changes to records, each of which must replace the version that it names, as in an edit
 * @param outbox entries that are kept with the decision, but those whose id is kept already
 */
public record DecisionCommit(
        JournalEntry entry,
        String deviceId,
        long deviceVersion,
        long epoch,
        List<String> spends,
        List<PolicyEdit.Change> changes,
        List<OutboxEntry> outbox) {
    public DecisionCommit {
        spends = List.copyOf(spends);
        changes = List.copyOf(changes);
        outbox = List.copyOf(outbox);
    }
}
