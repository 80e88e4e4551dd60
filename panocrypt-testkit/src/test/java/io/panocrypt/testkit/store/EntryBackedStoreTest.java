package io.panocrypt.testkit.store;

import io.panocrypt.testkit.entry.SharedMemoryFixture;
import io.panocrypt.testkit.race.ServiceRaceContract;
import io.panocrypt.testkit.support.MutableClock;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** {@code MemoryStore} is this store for a single node. */
class EntryBackedStoreTest {
    private static StoreFixture nodes(MutableClock clock) {
        return new EntryBackedFixture(new SharedMemoryFixture(clock, UnaryOperator.identity()));
    }

    @Nested
    class AsStore extends StoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return nodes(clock);
        }
    }

    @Nested
    class UnderARacingService extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return nodes(clock);
        }
    }

    @Nested
    @Tag("long")
    class UnderAServiceThatRacesForLong extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return nodes(clock);
        }

        @Override
        protected int rounds() {
            return Integer.getInteger("panocrypt.rounds", 10);
        }
    }
}
