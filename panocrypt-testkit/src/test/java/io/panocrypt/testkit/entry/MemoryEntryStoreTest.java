package io.panocrypt.testkit.entry;

import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.store.entry.MemoryEntryStore;
import io.panocrypt.testkit.support.MutableClock;
import java.time.InstantSource;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;

class MemoryEntryStoreTest {
    @Nested
    class SharedByNodes extends EntryStoreContract {
        @Override
        protected EntryStoreFixture open(MutableClock clock) {
            return new SharedMemoryFixture(clock, UnaryOperator.identity());
        }
    }

    /** A fixture that can do nothing more: tests that need more are skipped. */
    @Nested
    class OfOneNode extends EntryStoreContract {
        @Override
        protected EntryStoreFixture open(MutableClock clock) {
            EntryStore store = new MemoryEntryStore(InstantSource.system());
            return new EntryStoreFixture() {
                @Override
                public EntryStore store() {
                    return store;
                }

                @Override
                public boolean followsClock() {
                    return false;
                }

                @Override
                public void close() {
                    // There is no stored data.
                }
            };
        }
    }
}
