package io.panocrypt.policy;

import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;

/** Forwards each kind of write by a method of its own, so that a test can interpose one. */
public class ActStore extends ForwardingStore {
    public ActStore(Store store) {
        super(store);
    }

    @Override
    public WriteResult write(StoreWrite write) {
        if (write.truncation() != null) {
            return truncate(write);
        }
        if (write.entries().stream().anyMatch(entry -> entry.kind() == JournalEntry.Kind.AUDIT)) {
            return edit(write);
        }
        if (write.epoch() != null) {
            return commit(write);
        }
        return write.entries().size() == 1 && write.changes().isEmpty() ? append(write) : count(write);
    }

    /** Commits a decision. */
    protected WriteResult commit(StoreWrite write) {
        return super.write(write);
    }

    /** Commits an operator's edit. */
    protected WriteResult edit(StoreWrite write) {
        return super.write(write);
    }

    /** Appends one journal entry. */
    protected WriteResult append(StoreWrite write) {
        return super.write(write);
    }

    /** Writes what was counted: changes of records, and any number of journal entries. */
    protected WriteResult count(StoreWrite write) {
        return super.write(write);
    }

    /** Truncates a chain. */
    protected WriteResult truncate(StoreWrite write) {
        return super.write(write);
    }
}
