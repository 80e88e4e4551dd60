package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.StoreException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the history that the store could not take when they were due, until it can: 1,024 at most, the rest stands in the
 * log only. Thread-safe.
 */
public final class JournalRetryQueue {
    static final int MOST = 1_024;

    private final DecisionStore store;
    private final Deque<JournalEntry> rows = new ArrayDeque<>();

    public JournalRetryQueue(DecisionStore store) {
        this.store = store;
    }

    synchronized void add(JournalEntry row) {
        if (rows.size() < MOST) {
            rows.add(row);
        }
    }

    /**
     * Writes them; each has an id, so that it is written once, whatever an earlier time has come to. The row that fails is
     * the last to be tried the next time, since the store may refuse it for ever and no other.
     *
     * @throws StoreException if the store fails; then the rest stays
     */
    void write() {
        for (JournalEntry row = first(); row != null; row = first()) {
            try {
                store.append(row);
            } catch (StoreException e) {
                setBack(row);
                throw e;
            }
            remove(row);
        }
    }

    private synchronized void setBack(JournalEntry row) {
        rows.remove(row);
        rows.add(row);
    }

    private synchronized @Nullable JournalEntry first() {
        return rows.peekFirst();
    }

    private synchronized void remove(JournalEntry row) {
        rows.remove(row);
    }
}
