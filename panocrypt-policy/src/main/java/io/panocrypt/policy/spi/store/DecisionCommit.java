package io.panocrypt.policy.spi.store;

import java.util.List;

/**
 * A decision to be committed: its preconditions and its effects, all or nothing.
 *
 * @param entry the journal entry; its id is the commit's
 * @param deviceId the device's record
 * @param deviceVersion the version that the device's record must still have
 * @param epoch the value that the policy epoch must still have
 * @param spends the grants of that device that lose one use each; each must be valid at the store's time, have a use
 *     left and not be cancelled; no grant twice
 * @param changes to records, each of which must replace the version that it names, as in an edit
 * @param outbox entries that are stored with the decision; one whose id is already stored is ignored
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
