package io.panocrypt.redisstore;

import io.panocrypt.testkit.entry.EntryStoreContract;
import io.panocrypt.testkit.entry.EntryStoreFixture;
import io.panocrypt.testkit.race.ServiceRaceContract;
import io.panocrypt.testkit.store.DecisionStoreContract;
import io.panocrypt.testkit.store.EntryBackedFixture;
import io.panocrypt.testkit.store.PolicyStoreContract;
import io.panocrypt.testkit.store.StoreFixture;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.RequiresTools;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The contracts on Redis. */
@RequiresTools("redis-server")
class RedisStoreTest {
    @TempDir
    private static Path folder;

    private static @Nullable RedisServer server;

    @BeforeAll
    static void startRedis() throws Exception {
        server = RedisServer.durable(folder);
    }

    @AfterAll
    static void stopRedis() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    private static RedisServer server() {
        if (server == null) {
            throw new IllegalStateException("no server runs");
        }
        return server;
    }

    @Nested
    class AsEntryStore extends EntryStoreContract {
        @Override
        protected EntryStoreFixture open(MutableClock clock) {
            return new RedisEntryFixture(server(), clock);
        }
    }

    /** The store as an application opens it. */
    @Nested
    class AsEntryStoreWithTheTimeOfTheServer extends EntryStoreContract {
        @Override
        protected EntryStoreFixture open(MutableClock clock) {
            return new RedisEntryFixture(server(), null);
        }
    }

    @Nested
    class AsDecisionStore extends DecisionStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return new EntryBackedFixture(new RedisEntryFixture(server(), clock));
        }
    }

    @Nested
    class AsPolicyStore extends PolicyStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return new EntryBackedFixture(new RedisEntryFixture(server(), clock));
        }
    }

    /** The store as an application opens it; rules that need another clock are skipped. */
    @Nested
    @Tag("long")
    class WithTheTimeOfTheServer extends DecisionStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return new EntryBackedFixture(new RedisEntryFixture(server(), null));
        }
    }

    @Nested
    @Tag("long")
    class UnderAServiceThatRacesForLong extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return new EntryBackedFixture(new RedisEntryFixture(server(), clock));
        }

        @Override
        protected int rounds() {
            return 5;
        }
    }
}
