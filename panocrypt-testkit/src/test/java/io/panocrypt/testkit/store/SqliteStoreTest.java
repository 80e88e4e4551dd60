package io.panocrypt.testkit.store;

import io.panocrypt.testkit.DecisionStoreContract;
import io.panocrypt.testkit.MutableClock;
import io.panocrypt.testkit.PolicyStoreContract;
import io.panocrypt.testkit.StoreFixture;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;

class SqliteStoreTest {
    @Nested
    class AsDecisionStore extends DecisionStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws IOException {
            return new SqliteFixture(clock, UnaryOperator.identity());
        }
    }

    @Nested
    class AsPolicyStore extends PolicyStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws IOException {
            return new SqliteFixture(clock, UnaryOperator.identity());
        }
    }
}
