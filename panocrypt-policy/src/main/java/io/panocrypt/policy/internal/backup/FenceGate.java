package io.panocrypt.policy.internal.backup;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.util.function.Supplier;

/**
 * Keeps machines out while a fence stands. Looks into the store until it has found none, and never again: only a restore
 * sets a fence, and only in an empty store. Thread-safe.
 */
public final class FenceGate {
    /** What readiness says. */
    public static final String FENCED =
            "fenced: this store was restored from a backup, and no operator has lifted the" + " fence";

    private final Store store;
    private volatile boolean isOpen;

    public FenceGate(Store store) {
        this.store = store;
    }

    /** @throws StoreException if it is unknown because the store fails */
    public boolean isShut() {
        if (!isOpen && store.get(RecordMapper.FENCE, FenceRecord.ID).isEmpty()) {
            isOpen = true;
        }
        return !isOpen;
    }

    /** @throws StoreRejectedException while the fence stands; nothing is done then */
    public <T> T open(Supplier<T> act) {
        if (isShut()) {
            throw new StoreRejectedException(FENCED);
        }
        return act.get();
    }
}
