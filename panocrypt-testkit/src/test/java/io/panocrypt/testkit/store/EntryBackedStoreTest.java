package io.panocrypt.testkit.store;

import io.panocrypt.policy.store.entry.EntryBackedStore;
import io.panocrypt.policy.store.entry.MemoryEntryStore;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.testkit.entry.SharedMemoryFixture;
import io.panocrypt.testkit.race.ServiceRaceContract;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EntryBackedStoreTest {
    private static StoreFixture nodes(MutableClock clock) {
        return new EntryBackedFixture(new SharedMemoryFixture(clock, UnaryOperator.identity()));
    }

    @Nested
    class AsDecisionStore extends DecisionStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return nodes(clock);
        }
    }

    @Nested
    class AsPolicyStore extends PolicyStoreContract {
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

    /** The store on SQLite shares no code with it. */
    @Nested
    class BesideSqlite {
        @TempDir
        private Path folder;

        @Test
        void answersTheSame() {
            compare(1, 150);
        }

        @Test
        @Tag("long")
        void answersTheSameForLong() {
            compare(40, 500);
        }

        private void compare(int stores, int calls) {
            for (int i = 0; i < stores; i++) {
                MutableClock clock = new MutableClock(Instant.parse("2026-03-29T01:59:59.987Z"));
                EntryBackedStore entryBacked =
                        new EntryBackedStore(new MemoryEntryStore(clock), "node-1", TestTimeout.MAX);
                try (JdbcStore sqlite = JdbcStore.open(
                        SqliteFixture.file(folder.resolve(i + ".db")),
                        Dialect.SQLITE,
                        "node-1",
                        clock,
                        SchemaMode.CREATE,
                        TestTimeout.MAX)) {
                    new StoreComparison(sqlite, entryBacked, clock, "node-1").run(System.nanoTime(), calls);
                }
            }
        }
    }
}
