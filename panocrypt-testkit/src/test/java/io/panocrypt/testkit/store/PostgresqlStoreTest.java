package io.panocrypt.testkit.store;

import io.panocrypt.testkit.DecisionStoreContract;
import io.panocrypt.testkit.MutableClock;
import io.panocrypt.testkit.PolicyStoreContract;
import io.panocrypt.testkit.StoreFixture;
import java.sql.SQLException;
import org.junit.jupiter.api.Nested;

class PostgresqlStoreTest {
    @Nested
    class AsDecisionStore extends DecisionStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws SQLException {
            return PostgresqlFixture.following(clock);
        }
    }

    @Nested
    class AsPolicyStore extends PolicyStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws SQLException {
            return PostgresqlFixture.following(clock);
        }
    }
}
