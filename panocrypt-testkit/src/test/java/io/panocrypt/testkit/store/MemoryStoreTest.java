package io.panocrypt.testkit.store;

import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.testkit.DecisionStoreContract;
import io.panocrypt.testkit.MutableClock;
import io.panocrypt.testkit.PolicyStoreContract;
import io.panocrypt.testkit.StoreFixture;
import org.junit.jupiter.api.Nested;

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
    class AsPolicyStore extends PolicyStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return memory(clock);
        }
    }
}
