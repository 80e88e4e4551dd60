package io.panocrypt.policy.store.memory;

import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.store.entry.EntryBackedStore;
import io.panocrypt.policy.store.entry.MemoryEntryStore;
import java.time.Duration;
import java.time.InstantSource;

/**
 * A store in memory, lost when the process ends: an {@link EntryBackedStore} on a {@link MemoryEntryStore} of its own.
 *
 * <p>Thread-safe. For tests and trials.
 */
public final class MemoryStore extends ForwardingStore {
    /** Long, because only a stalled machine delays a write. */
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    /**
     * An empty store.
     *
     * @param clock gives the store's time
     * @param node the name of this node's chain
     */
    public MemoryStore(InstantSource clock, String node) {
        super(new EntryBackedStore(new MemoryEntryStore(clock), node, TIMEOUT));
    }
}
