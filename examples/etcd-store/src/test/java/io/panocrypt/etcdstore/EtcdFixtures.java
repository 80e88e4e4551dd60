package io.panocrypt.etcdstore;

import io.etcd.jetcd.ClientBuilder;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.testkit.entry.EntryStoreFixture;
import io.panocrypt.testkit.store.EntryBackedFixture;
import io.panocrypt.testkit.store.StoreFixture;
import io.panocrypt.testkit.support.TestTimeout;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Stores on a server that several tests share, each with a namespace of its own. */
final class EtcdFixtures {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private EtcdFixtures() {}

    /** Opens a store whose calls may take long, as on a busy machine. */
    static EtcdEntryStore open(ClientBuilder etcd, InstantSource clock) {
        return EtcdEntryStore.open(etcd, clock, TestTimeout.MAX);
    }

    static EntryStoreFixture entries(EtcdServer server, InstantSource clock) {
        return new Entries(server.client(namespace()), server, clock);
    }

    static StoreFixture nodes(EtcdServer server, InstantSource clock) {
        return new EntryBackedFixture(entries(server, clock));
    }

    private static String namespace() {
        return "t" + NUMBERS.incrementAndGet() + "/";
    }

    /** A store, and others on the same data. */
    private static final class Entries implements EntryStoreFixture {
        private final ClientBuilder etcd;
        private final EtcdServer server;
        private final InstantSource clock;
        private final List<EtcdEntryStore> opened = new ArrayList<>();
        private EtcdEntryStore store;

        Entries(ClientBuilder etcd, EtcdServer server, InstantSource clock) {
            this.etcd = etcd;
            this.server = server;
            this.clock = clock;
            this.store = open();
        }

        private EtcdEntryStore open() {
            EtcdEntryStore made = EtcdFixtures.open(etcd, clock);
            opened.add(made);
            return made;
        }

        @Override
        public EntryStore store() {
            return store;
        }

        @Override
        public Optional<EntryStore> anotherNode() {
            return Optional.of(open());
        }

        @Override
        public boolean reopens() {
            return true;
        }

        /** The worst case: the node ends, and the server is killed and restarted. */
        @Override
        public void reopen() throws Exception {
            store.close();
            server.kill();
            server.startAgain();
            store = open();
        }

        @Override
        public void close() {
            opened.forEach(EtcdEntryStore::close);
        }
    }
}
