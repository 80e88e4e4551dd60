package io.panocrypt.testkit.store;

import io.panocrypt.testkit.race.ServiceRaceContract;
import io.panocrypt.testkit.support.MutableClock;
import java.sql.SQLException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

class PostgresqlStoreTest {
    @Nested
    class AsStore extends StoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws SQLException {
            return PostgresqlFixture.following(clock);
        }
    }

    @Nested
    class UnderARacingService extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws SQLException {
            return PostgresqlFixture.following(clock);
        }
    }

    @Nested
    @Tag("long")
    class UnderAServiceThatRacesForLong extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws SQLException {
            return PostgresqlFixture.following(clock);
        }

        @Override
        protected int rounds() {
            return Integer.getInteger("panocrypt.rounds", 5);
        }
    }
}
