package io.panocrypt.testkit.notices;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.testkit.support.MutableClock;

/** A memory store shared by all nodes. */
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
        // There is no stored data.
    }
}
