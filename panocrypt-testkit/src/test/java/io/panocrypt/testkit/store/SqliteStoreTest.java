package io.panocrypt.testkit.store;

import io.panocrypt.testkit.race.ServiceRaceContract;
import io.panocrypt.testkit.support.MutableClock;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

class SqliteStoreTest {
    @Nested
    class AsDecisionStore extends DecisionStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws IOException {
            return new SqliteFixture(clock, UnaryOperator.identity());
        }
    }

    @Nested
    class UnderARacingService extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws IOException {
            return new SqliteFixture(clock, UnaryOperator.identity());
        }
    }

    @Nested
    @Tag("long")
    class UnderAServiceThatRacesForLong extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws IOException {
            return new SqliteFixture(clock, UnaryOperator.identity());
        }

        @Override
        protected int rounds() {
            return Integer.getInteger("panocrypt.rounds", 5);
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
