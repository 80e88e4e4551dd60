package io.panocrypt.etcdstore;

import io.panocrypt.testkit.entry.EntryStoreContract;
import io.panocrypt.testkit.entry.EntryStoreFixture;
import io.panocrypt.testkit.race.ServiceRaceContract;
import io.panocrypt.testkit.store.DecisionStoreContract;
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

/** The contracts on etcd: of the entry store, and of the whole store on it. */
@RequiresTools("etcd")
class EtcdStoreTest {
    @TempDir
    private static Path folder;

    private static @Nullable EtcdServer server;

    @BeforeAll
    static void startEtcd() throws Exception {
        server = EtcdServer.start(folder);
    }

    @AfterAll
    static void stopEtcd() {
        if (server != null) {
            server.close();
        }
    }

    private static EtcdServer server() {
        if (server == null) {
            throw new IllegalStateException("no server runs");
        }
        return server;
    }

    @Nested
    class AsEntryStore extends EntryStoreContract {
        @Override
        protected EntryStoreFixture open(MutableClock clock) {
            return EtcdFixtures.entries(server(), clock);
        }
    }

    @Nested
    class AsDecisionStore extends DecisionStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return EtcdFixtures.nodes(server(), clock);
        }
    }

    @Nested
    class AsPolicyStore extends PolicyStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return EtcdFixtures.nodes(server(), clock);
        }
    }

    @Nested
    class UnderAServiceThatRaces extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return EtcdFixtures.nodes(server(), clock);
        }
    }

    @Nested
    @Tag("long")
    class UnderAServiceThatRacesForLong extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return EtcdFixtures.nodes(server(), clock);
        }

        @Override
        protected int rounds() {
            return 5;
        }
    }
}
