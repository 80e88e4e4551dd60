package io.panocrypt.testkit.notices;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.testkit.support.MutableClock;

/** One memory store that all nodes share. */
record MemoryStores(MemoryStore store) implements NoticeSite.Stores {
    MemoryStores(MutableClock clock) {
        this(new MemoryStore(clock, "node-a"));
    }

    @Override
    public Panocrypt node(NoticeHouse house, String name) {
        return house.node(store);
    }

    @Override
    public void close() {
        // Nothing is kept.
    }
}
