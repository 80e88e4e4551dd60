package io.panocrypt.etcdstore;

import io.etcd.jetcd.ClientBuilder;
import io.panocrypt.testkit.entry.EntryStoreFixture;
import io.panocrypt.testkit.entry.ServerEntryFixture;
import io.panocrypt.testkit.race.ServiceRaceContract;
import io.panocrypt.testkit.store.EntryBackedFixture;
import io.panocrypt.testkit.store.EntryStoreSuite;
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

/** The contracts on etcd: of the entry store, and of the whole store on it. */
@RequiresTools("etcd")
class EtcdStoreTest extends EntryStoreSuite {
    private static final AtomicInteger NAMESPACES = new AtomicInteger();

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

    /** Nodes with a namespace of their own. */
    @Override
    protected EntryStoreFixture open(MutableClock clock) {
        EtcdServer started = Objects.requireNonNull(server);
        ClientBuilder etcd = started.client("t" + NAMESPACES.incrementAndGet() + "/");
        return new ServerEntryFixture<>(started, true, () -> EtcdEntryStore.open(etcd, clock, TestTimeout.MAX));
    }

    @Nested
    @Tag("long")
    class UnderAServiceThatRacesForLong extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return new EntryBackedFixture(EtcdStoreTest.this.open(clock));
        }

        @Override
        protected int rounds() {
            return 5;
        }
    }
}
