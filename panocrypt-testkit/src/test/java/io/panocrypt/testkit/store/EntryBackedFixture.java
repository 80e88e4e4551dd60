package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.policy.store.entry.EntryBackedStore;
import io.panocrypt.policy.store.entry.MemoryEntryStore;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.util.Optional;

/** Two nodes on one entry store in memory, which outlives them. */
final class EntryBackedFixture implements StoreFixture {
    private static final String NODE = "node-a";

    private final EntryStore entries;
    private EntryBackedStore store;

    EntryBackedFixture(MutableClock clock) {
        entries = new MemoryEntryStore(clock);
        store = open(NODE);
    }

    private EntryBackedStore open(String node) {
        return new EntryBackedStore(entries, node, TestTimeout.MAX);
    }

    @Override
    public PolicyStore policies() {
        return store;
    }

    @Override
    public DecisionStore decisions() {
        return store;
    }

    @Override
    public String chain() {
        return NODE;
    }

    @Override
    public boolean reopens() {
        return true;
    }

    @Override
    public void reopen() {
        store = open(NODE);
    }

    @Override
    public Optional<DecisionStore> anotherNode() {
        return Optional.of(open("node-b"));
    }

    @Override
    public void close() {
        // Nothing is stored outside of memory.
    }
}
