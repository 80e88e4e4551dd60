package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Journal entries that the store could not take, until it can: 1,024 at most, and more are lost. Thread-safe. */
final class JournalRetryQueue {
    private static final System.Logger LOG = System.getLogger(JournalRetryQueue.class.getName());
    static final int MAX_ENTRIES = 1_024;

    private final Store store;
    private final Deque<JournalEntry> entries = new ArrayDeque<>();
    private boolean full;

    JournalRetryQueue(Store store) {
        this.store = store;
    }

    synchronized void add(JournalEntry entry) {
        if (entries.size() < MAX_ENTRIES) {
            entries.add(entry);
        } else if (!full) {
            full = true;
            LOG.log(
                    System.Logger.Level.ERROR,
                    "{0} journal entries wait for the store; further ones are lost until it takes writes",
                    MAX_ENTRIES);
        }
    }

    /**
     * Writes them, each once, since the store knows the ids that it has written. An entry that fails goes to the end, so that
     * one which the store always refuses cannot block the queue.
     *
     * @throws StoreException if the store fails; then the rest stays
     */
    void write() {
        for (JournalEntry entry = first(); entry != null; entry = first()) {
            try {
                store.write(StoreWrite.of(entry).build());
            } catch (StoreException e) {
                moveToEnd(entry);
                throw e;
            }
            remove(entry);
        }
    }

    private synchronized void moveToEnd(JournalEntry entry) {
        entries.remove(entry);
        entries.add(entry);
    }

    private synchronized @Nullable JournalEntry first() {
        return entries.peekFirst();
    }

    private synchronized void remove(JournalEntry entry) {
        entries.remove(entry);
        full = false;
    }
}
