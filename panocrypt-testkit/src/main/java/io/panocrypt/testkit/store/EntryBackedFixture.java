package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.store.entry.EntryBackedStore;
import io.panocrypt.testkit.entry.EntryStoreFixture;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.util.Optional;

/**
 * The fixture of an entry store as the fixture of the whole store over it: an {@link EntryBackedStore} for each node.
 *
 * <p>It can do what the other fixture can, and closes it. Not thread-safe; tests use only the nodes from several threads.
 */
public final class EntryBackedFixture implements StoreFixture {
    private static final String NODE = "node-a";
    private static final String OTHER = "node-b";

    private final EntryStoreFixture entries;
    private EntryBackedStore store;

    /** @param entries an empty entry store that nobody else uses */
    public EntryBackedFixture(EntryStoreFixture entries) {
        this.entries = entries;
        this.store = over(entries.store(), NODE);
    }

    private static EntryBackedStore over(EntryStore entries, String node) {
        return new EntryBackedStore(entries, node, TestTimeout.MAX);
    }

    @Override
    public Store store() {
        return store;
    }

    @Override
    public String chain() {
        return NODE;
    }

    @Override
    public boolean followsClock() {
        return entries.followsClock();
    }

    @Override
    public boolean reopens() {
        return entries.reopens();
    }

    @Override
    public void reopen() throws Exception {
        entries.reopen();
        store = over(entries.store(), NODE);
    }

    @Override
    public Optional<Store> anotherNode() throws Exception {
        return entries.anotherNode().map(other -> over(other, OTHER));
    }

    @Override
    public void close() throws IOException {
        entries.close();
    }
}
