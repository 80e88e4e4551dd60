package io.panocrypt.policy.spi.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator changes in one act, all or nothing.
 *
 * @param audit the audit row; its id is the edit's
 * @param changes to records; each names the version that it replaces
 * @param epoch the policy epoch that the edit was judged by and that must still be it; null where the judgement read
 *     nothing that the epoch guards
 * @param bumpsEpoch whether decisions about other devices read what is changed here: the policy epoch grows by one
 * @param cancels the grants that this ends
 * @param grants the grants that this opens
 * @param outbox entries that are kept with the edit, but those whose id is kept already
 */
public record PolicyEdit(
        JournalEntry audit,
        List<Change> changes,
        @Nullable Long epoch,
        boolean bumpsEpoch,
        List<GrantScope> cancels,
        List<Grant> grants,
        List<OutboxEntry> outbox) {
    public PolicyEdit {
        changes = List.copyOf(changes);
        cancels = List.copyOf(cancels);
        grants = List.copyOf(grants);
        outbox = List.copyOf(outbox);
    }

    /** A change to one record. */
    public sealed interface Change {
        /** Writes a record whose stored version must be one less; version 1 must not be stored yet. */
        record Put(PolicyRecord record) implements Change {}

        /** Removes a record that must be stored with this version. */
        record Delete(String kind, String id, long version) implements Change {}

        /**
         * Requires, without a change, that a record is stored with this version before the edit, whether or not another
         * change of the same edit writes it.
         */
        record Require(String kind, String id, long version) implements Change {}
    }
}
