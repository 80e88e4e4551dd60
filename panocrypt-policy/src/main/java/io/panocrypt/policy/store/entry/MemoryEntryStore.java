package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryInput;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The reference entry store: a sorted map in memory, lost when the process ends. Thread-safe. For tests and trials.
 */
public final class MemoryEntryStore implements EntryStore {
    private final InstantSource clock;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final NavigableMap<String, StoreEntry> entries = new TreeMap<>();
    private long writes;

    /** An empty store with that clock. */
    public MemoryEntryStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Map<String, StoreEntry> read(Collection<String> keys) {
        EntryInput.checkRead(keys, maxBatch());
        lock.readLock().lock();
        try {
            Map<String, StoreEntry> found = new HashMap<>();
            for (String key : keys) {
                StoreEntry entry = entries.get(key);
                if (entry != null) {
                    found.put(key, entry);
                }
            }
            return found;
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
        EntryInput.checkScan(from, to, limit);
        if (from.compareTo(to) >= 0) {
            return List.of();
        }
        lock.readLock().lock();
        try {
            NavigableMap<String, StoreEntry> range = entries.subMap(from, true, to, false);
            List<StoreEntry> found = new ArrayList<>();
            for (StoreEntry entry : (order == ScanOrder.ASCENDING ? range : range.descendingMap()).values()) {
                if (found.size() == limit) {
                    break;
                }
                found.add(entry);
            }
            return found;
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
        EntryInput.checkWrite(conditions, mutations, maxBatch());
        lock.writeLock().lock();
        try {
            if (!conditions.stream().allMatch(this::holds)) {
                return false;
            }
            String version = Long.toString(++writes);
            for (EntryMutation mutation : mutations) {
                if (mutation instanceof EntryMutation.Put put) {
                    entries.put(put.key(), new StoreEntry(put.key(), put.value(), version));
                } else {
                    entries.remove(mutation.key());
                }
            }
            return true;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private boolean holds(EntryCondition condition) {
        StoreEntry entry = entries.get(condition.key());
        return condition instanceof EntryCondition.HasVersion wanted
                ? entry != null && entry.version().equals(wanted.version())
                : entry == null;
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    /** True: it never waits. */
    @Override
    public boolean boundsItsCalls() {
        return true;
    }
}
