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
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The reference entry store: a map in memory, lost when the process ends. Its keys are sorted when somebody scans, since
 * most of the keys that unlocks add are only read by history. Thread-safe: every method holds one lock. For tests and
 * trials.
 */
public final class MemoryEntryStore implements EntryStore {
    private final InstantSource clock;
    private final Map<String, StoreEntry> entries = new HashMap<>();
    private final NavigableSet<String> sorted = new TreeSet<>();
    /** Keys that are not sorted yet, by their first character. */
    private final NavigableMap<Character, List<String>> added = new TreeMap<>();

    private long writes;

    /** An empty store with that clock. */
    public MemoryEntryStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized Map<String, StoreEntry> read(Collection<String> keys) {
        EntryInput.checkRead(keys, maxBatch());
        Map<String, StoreEntry> found = new HashMap<>();
        for (String key : keys) {
            StoreEntry entry = entries.get(key);
            if (entry != null) {
                found.put(key, entry);
            }
        }
        return found;
    }

    @Override
    public synchronized List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
        EntryInput.checkScan(from, to, limit);
        if (from.compareTo(to) >= 0) {
            return List.of();
        }
        sort(from, to);
        NavigableSet<String> range = sorted.subSet(from, true, to, false);
        return (order == ScanOrder.ASCENDING ? range : range.descendingSet())
                .stream()
                        .limit(limit)
                        .map(key -> Objects.requireNonNull(entries.get(key)))
                        .toList();
    }

    private void sort(String from, String to) {
        for (List<String> keys :
                added.subMap(from.charAt(0), true, to.charAt(0), true).values()) {
            sorted.addAll(keys);
            keys.clear();
        }
    }

    @Override
    public synchronized boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
        EntryInput.checkWrite(conditions, mutations, maxBatch());
        for (EntryCondition condition : conditions) {
            if (!holds(condition)) {
                return false;
            }
        }
        String version = Long.toString(++writes);
        for (EntryMutation mutation : mutations) {
            if (mutation instanceof EntryMutation.Put put) {
                put(new StoreEntry(put.key(), put.value(), version));
            } else {
                remove(mutation.key());
            }
        }
        return true;
    }

    private boolean holds(EntryCondition condition) {
        StoreEntry entry = entries.get(condition.key());
        return condition instanceof EntryCondition.HasVersion wanted
                ? entry != null && entry.version().equals(wanted.version())
                : entry == null;
    }

    private void put(StoreEntry entry) {
        if (entries.put(entry.key(), entry) == null) {
            added.computeIfAbsent(entry.key().charAt(0), first -> new ArrayList<>())
                    .add(entry.key());
        }
    }

    private void remove(String key) {
        if (entries.remove(key) != null) {
            sort(key, key);
            sorted.remove(key);
        }
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
