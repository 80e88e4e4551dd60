package io.panocrypt.testkit.store;

import io.panocrypt.testkit.race.ServiceRaceContract;
import io.panocrypt.testkit.support.MutableClock;
import java.io.IOException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

class SqliteStoreTest {
    @Nested
    class AsStore extends StoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws IOException {
            return SqliteFixture.ofFile(clock);
        }
    }

    @Nested
    class UnderARacingService extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws IOException {
            return SqliteFixture.ofFile(clock);
        }
    }

    @Nested
    @Tag("long")
    class UnderAServiceThatRacesForLong extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws IOException {
            return SqliteFixture.ofFile(clock);
        }

        @Override
        protected int rounds() {
            return Integer.getInteger("panocrypt.rounds", 5);
        }
    }

    /** The store in memory shares no code with it. */
    @Nested
    class BesideMemory extends StoreComparison {
        @Override
        protected StoreFixture open(MutableClock clock) throws IOException {
            return SqliteFixture.ofFile(clock);
        }

        @Override
        protected int stores() {
            return 60;
        }
    }
}
