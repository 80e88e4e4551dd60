package io.panocrypt.policy.spi.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a store writes at once: all of it or nothing. Create one with {@link #of}.
 *
 * <p>All conditions are about the state before the write. The effects come in this order: spends, cancels, changes, opened
 * grants, outbox entries, the epoch's growth, the truncation, journal entries. Immutable.
 *
 * @param entries appended to this node's chain in this order. If one of their ids is in the journal already, the write has
 *     happened before and changes nothing. May be empty for a write of nothing but changes and outbox entries, which no
 *     store recognizes when it is repeated: its changes are then stale
 * @param epoch the policy epoch that must still hold; null if nothing was decided that the epoch guards
 * @param growsEpoch whether other decisions read what is changed here: the policy epoch then grows by one
 * @param changes to records; each names the version that it replaces or requires
 * @param spends grants that lose one use each; no grant twice
 * @param cancels the grants that this cancels
 * @param grants the grants that this opens, after the cancels; one with a stored id replaces that grant
 * @param outbox entries for the outbox; one whose id is stored already is ignored. Empty if the store keeps no outbox
 * @param truncation the last row to be removed from the beginning of its chain; it must be stored with that hash, and a row
 *     must follow it. Null for none
 */
public record StoreWrite(
        List<JournalEntry> entries,
        @Nullable Long epoch,
        boolean growsEpoch,
        List<Change> changes,
        List<Spend> spends,
        List<GrantScope> cancels,
        List<Grant> grants,
        List<OutboxEntry> outbox,
        @Nullable ChainHead truncation) {

    /** @throws IllegalArgumentException if it has no journal entry and does more than change records and keep entries */
    public StoreWrite {
        entries = List.copyOf(entries);
        changes = List.copyOf(changes);
        spends = List.copyOf(spends);
        cancels = List.copyOf(cancels);
        grants = List.copyOf(grants);
        outbox = List.copyOf(outbox);
        boolean needsId =
                growsEpoch || truncation != null || !spends.isEmpty() || !cancels.isEmpty() || !grants.isEmpty();
        if (needsId && entries.isEmpty()) {
            throw new IllegalArgumentException("this write needs a journal entry, whose id makes it happen once");
        }
    }

    /** Begins a write with these journal entries. */
    public static Builder of(JournalEntry... entries) {
        return of(List.of(entries));
    }

    /** Begins a write with these journal entries. */
    public static Builder of(List<JournalEntry> entries) {
        return new Builder(entries);
    }

    /** Whether it changes what other decisions and edits read, and not only spends, appends and keeps entries. */
    public boolean changesPolicy() {
        return growsEpoch
                || truncation != null
                || !cancels.isEmpty()
                || !grants.isEmpty()
                || changes.stream().anyMatch(change -> !(change instanceof Change.Require));
    }

    /** Collects the parts of a write. Each method adds to it and returns it. Not thread-safe. */
    public static final class Builder {
        private final List<JournalEntry> entries;
        private final List<Change> changes = new ArrayList<>();
        private final List<Spend> spends = new ArrayList<>();
        private final List<GrantScope> cancels = new ArrayList<>();
        private final List<Grant> grants = new ArrayList<>();
        private final List<OutboxEntry> outbox = new ArrayList<>();
        private @Nullable Long epoch;
        private boolean growsEpoch;
        private @Nullable ChainHead truncation;

        private Builder(List<JournalEntry> entries) {
            this.entries = List.copyOf(entries);
        }

        /** The epoch that must still hold; null for any. */
        public Builder inEpoch(@Nullable Long required) {
            this.epoch = required;
            return this;
        }

        /** Whether the epoch grows by one; false unless called. */
        public Builder growEpoch(boolean grows) {
            this.growsEpoch = grows;
            return this;
        }

        /** Writes records. */
        public Builder put(PolicyRecord... records) {
            for (PolicyRecord record : records) {
                changes.add(new Change.Put(record));
            }
            return this;
        }

        /** Removes a record. */
        public Builder delete(String kind, String id, long version) {
            changes.add(new Change.Delete(kind, id, version));
            return this;
        }

        /** Requires a record. */
        public Builder require(String kind, String id, long version) {
            changes.add(new Change.Require(kind, id, version));
            return this;
        }

        /** Makes changes. */
        public Builder change(Collection<? extends Change> more) {
            changes.addAll(more);
            return this;
        }

        /** Spends grants of a device. */
        public Builder spend(String deviceId, Collection<String> grantIds) {
            grantIds.forEach(id -> spends.add(new Spend(deviceId, id)));
            return this;
        }

        /** Cancels grants. */
        public Builder cancel(Collection<? extends GrantScope> scopes) {
            cancels.addAll(scopes);
            return this;
        }

        /** Opens grants. */
        public Builder grant(Collection<Grant> opened) {
            grants.addAll(opened);
            return this;
        }

        /** Keeps outbox entries. */
        public Builder enqueue(Collection<OutboxEntry> kept) {
            outbox.addAll(kept);
            return this;
        }

        /** Removes a chain's rows up to this one. */
        public Builder truncate(ChainHead end) {
            this.truncation = end;
            return this;
        }

        /** @throws IllegalArgumentException if it has no journal entry and needs one */
        public StoreWrite build() {
            return new StoreWrite(entries, epoch, growsEpoch, changes, spends, cancels, grants, outbox, truncation);
        }
    }
}
