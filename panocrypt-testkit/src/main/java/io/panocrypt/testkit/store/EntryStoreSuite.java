package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.testkit.entry.EntryStoreContract;
import io.panocrypt.testkit.entry.EntryStoreFixture;
import io.panocrypt.testkit.support.MutableClock;
import org.junit.jupiter.api.Nested;

/**
 * The contracts of an {@link EntryStore} and of the whole store over it, and its comparison with the store in memory.
 * Extend it and open your store.
 *
 * <p>{@code ServiceRaceContract} is apart, as it tests a service.
 */
public abstract class EntryStoreSuite {
    /** Called by subclasses. */
    protected EntryStoreSuite() {}

    /**
     * Opens an empty entry store that no other test uses.
     *
     * @param clock the clock for the store, unless it has a better source of time
     */
    protected abstract EntryStoreFixture open(MutableClock clock) throws Exception;

    private StoreFixture whole(MutableClock clock) throws Exception {
        return new EntryBackedFixture(open(clock));
    }

    @Nested
    class AsEntryStore extends EntryStoreContract {
        @Override
        protected EntryStoreFixture open(MutableClock clock) throws Exception {
            return EntryStoreSuite.this.open(clock);
        }
    }

    @Nested
    class AsStore extends StoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws Exception {
            return whole(clock);
        }
    }

    @Nested
    class BesideMemory extends StoreComparison {
        @Override
        protected StoreFixture open(MutableClock clock) throws Exception {
            return whole(clock);
        }
    }
}
