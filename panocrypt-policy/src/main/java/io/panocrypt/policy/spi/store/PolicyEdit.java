package io.panocrypt.policy.spi.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one operator's act, all or nothing.
 *
 * @param audit the audit entry; its id is the edit's
 * @param changes to records; each names the version that it replaces
 * @param epoch the policy epoch that the edit was validated against and that must still hold; null if validation read
 *     nothing that the epoch guards
 * @param bumpsEpoch whether decisions about other devices read what is changed here: the policy epoch then grows by one
 * @param cancels the grants that this cancels
 * @param grants the grants that this adds
 * @param outbox entries that are stored with the edit; one whose id is already stored is ignored
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
        /** Writes a record: the stored version must be one less, and a record of version 1 must not exist yet. */
        record Put(PolicyRecord record) implements Change {}

        /** Removes a record that must be stored with this version. */
        record Delete(String kind, String id, long version) implements Change {}

        /**
         * Requires that a record is stored with this version before the edit, and changes nothing. Another change of
         * the same edit may write the record.
         */
        record Require(String kind, String id, long version) implements Change {}
    }
}
