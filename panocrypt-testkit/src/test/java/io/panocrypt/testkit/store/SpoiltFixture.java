package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BiFunction;

/** The nodes of a correct store, each with the same mistake. Opening the store again creates the mistake anew. */
final class SpoiltFixture implements StoreFixture {
    private final H2Fixture right;
    private final BiFunction<JdbcStore, String, ForwardingStore> mistake;
    private ForwardingStore node;

    /** @param mistake adds the mistake to a node, given with its name */
    SpoiltFixture(H2Fixture right, BiFunction<JdbcStore, String, ForwardingStore> mistake) {
        this.right = right;
        this.mistake = mistake;
        this.node = spoilt(right.store(), right.chain());
    }

    private ForwardingStore spoilt(Store store, String name) {
        return mistake.apply((JdbcStore) store, name);
    }

    @Override
    public Store store() {
        return node;
    }

    @Override
    public String chain() {
        return right.chain();
    }

    @Override
    public boolean reopens() {
        return true;
    }

    @Override
    public void reopen() throws Exception {
        right.reopen();
        node = spoilt(right.store(), right.chain());
    }

    @Override
    public Optional<Store> anotherNode() {
        return right.anotherNode().map(other -> spoilt(other, "node-b"));
    }

    @Override
    public void close() throws IOException {
        right.close();
    }
}
