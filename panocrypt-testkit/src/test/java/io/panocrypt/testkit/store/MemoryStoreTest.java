package io.panocrypt.testkit.store;

import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.testkit.race.ServiceRaceContract;
import io.panocrypt.testkit.support.MutableClock;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

class MemoryStoreTest {
    private static StoreFixture memory(MutableClock clock) {
        return StoreFixture.inMemory(new MemoryStore(clock, "node-a"), "node-a");
    }

    @Nested
    class AsDecisionStore extends DecisionStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return memory(clock);
        }
    }

    @Nested
    class UnderARacingService extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return memory(clock);
        }
    }

    @Nested
    @Tag("long")
    class UnderAServiceThatRacesForLong extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return memory(clock);
        }

        @Override
        protected int rounds() {
            return Integer.getInteger("panocrypt.rounds", 10);
        }
    }

    @Nested
    class AsPolicyStore extends PolicyStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return memory(clock);
        }
    }
}
