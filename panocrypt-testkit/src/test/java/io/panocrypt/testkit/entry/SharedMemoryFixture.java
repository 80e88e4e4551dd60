package io.panocrypt.testkit.entry;

import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.store.entry.MemoryEntryStore;
import io.panocrypt.testkit.support.MutableClock;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Nodes on one engine in memory, which outlives them. */
public class SharedMemoryFixture implements EntryStoreFixture {
    private final UnaryOperator<EntryStore> node;
    private EntryStore engine;
    private EntryStore store;

    /**
     * Opens the first node.
     *
     * @param node makes a node on the engine
     */
    public SharedMemoryFixture(MutableClock clock, UnaryOperator<EntryStore> node) {
        this.node = node;
        this.engine = new MemoryEntryStore(clock);
        this.store = node.apply(engine);
    }

    /** What the engine is after a restart. */
    EntryStore restarted(EntryStore before) {
        return before;
    }

    @Override
    public EntryStore store() {
        return store;
    }

    @Override
    public Optional<EntryStore> anotherNode() {
        return Optional.of(node.apply(engine));
    }

    @Override
    public boolean reopens() {
        return true;
    }

    @Override
    public void reopen() {
        engine = restarted(engine);
        store = node.apply(engine);
    }

    @Override
    public void close() {
        // There is no stored data.
    }
}
