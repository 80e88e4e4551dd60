package io.panocrypt.redisstore;

import io.panocrypt.testkit.entry.EntryStoreContract;
import io.panocrypt.testkit.entry.EntryStoreFixture;
import io.panocrypt.testkit.entry.ServerEntryFixture;
import io.panocrypt.testkit.race.ServiceRaceContract;
import io.panocrypt.testkit.store.EntryBackedFixture;
import io.panocrypt.testkit.store.EntryStoreSuite;
import io.panocrypt.testkit.store.StoreContract;
import io.panocrypt.testkit.store.StoreFixture;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.RequiresTools;
import io.panocrypt.testkit.support.TestTimeout;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The contracts on Redis. */
@RequiresTools("redis-server")
class RedisStoreTest extends EntryStoreSuite {
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static @Nullable RedisServer server;

    @BeforeAll
    static void startRedis() throws Exception {
        server = RedisServer.durable(folder);
    }

    @AfterAll
    static void stopRedis() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected EntryStoreFixture open(MutableClock clock) {
        return entries(clock);
    }

    /**
     * Nodes with a prefix of their own.
     *
     * @param clock null for the server's clock
     */
    private static EntryStoreFixture entries(@Nullable MutableClock clock) {
        RedisServer started = Objects.requireNonNull(server);
        String prefix = "t" + PREFIXES.incrementAndGet() + ":";
        return new ServerEntryFixture<>(
                started, clock != null, () -> RedisEntryStore.open(started.address(), prefix, clock, TestTimeout.MAX));
    }

    /** The store as an application opens it. */
    @Nested
    class AsEntryStoreWithTheTimeOfTheServer extends EntryStoreContract {
        @Override
        protected EntryStoreFixture open(MutableClock clock) {
            return entries(null);
        }
    }

    /** The store as an application opens it; rules that need another clock are skipped. */
    @Nested
    @Tag("long")
    class WithTheTimeOfTheServer extends StoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return new EntryBackedFixture(entries(null));
        }
    }

    @Nested
    class UnderAServiceThatRaces extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return new EntryBackedFixture(entries(clock));
        }
    }

    @Nested
    @Tag("long")
    class UnderAServiceThatRacesForLong extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return new EntryBackedFixture(entries(clock));
        }

        @Override
        protected int rounds() {
            return 5;
        }
    }
}
