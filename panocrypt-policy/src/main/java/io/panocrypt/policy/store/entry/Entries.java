package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.StoreException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The entry store, read in any number of calls. Thread-safe. */
final class Entries {
    /** The most rows that one page has. */
    static final int PAGE = 1_000;

    private static final int MAX_READS = 100;

    private final EntryStore store;

    Entries(EntryStore store) {
        this.store = store;
    }

    Map<String, StoreEntry> read(Collection<String> keys) {
        List<String> all = List.copyOf(keys);
        Map<String, StoreEntry> found = new HashMap<>();
        for (int from = 0; from < all.size(); from += maxBatch()) {
            found.putAll(store.read(all.subList(from, Math.min(all.size(), from + maxBatch()))));
        }
        return found;
    }

    /** The entries as they were at one moment. Versions never repeat, so two equal reads mean that nothing changed. */
    Map<String, StoreEntry> readTogether(Collection<String> keys) {
        Map<String, StoreEntry> before = read(keys);
        for (int i = 0; i < MAX_READS; i++) {
            Map<String, StoreEntry> now = read(keys);
            if (now.equals(before)) {
                return now;
            }
            before = now;
        }
        throw changedAllTheTime();
    }

    static StoreException changedAllTheTime() {
        return new StoreException("other nodes changed the same entries all the time");
    }

    List<StoreEntry> scan(String from, String to, int limit) {
        return store.scan(from, to, limit, ScanOrder.ASCENDING);
    }

    List<StoreEntry> scanBack(String from, String to, int limit) {
        return store.scan(from, to, limit, ScanOrder.DESCENDING);
    }

    /** All entries with that prefix. */
    List<StoreEntry> all(String prefix) {
        List<StoreEntry> all = new ArrayList<>();
        forEach(prefix, PAGE, all::add);
        return all;
    }

    /**
     * Hands over all entries with that prefix, in order.
     *
     * @param size how many are in memory at a time
     */
    void forEach(String prefix, int size, Consumer<StoreEntry> use) {
        String from = prefix;
        List<StoreEntry> page;
        do {
            page = scan(from, Keys.end(prefix), size);
            page.forEach(use);
            from = page.isEmpty() ? from : Keys.after(page.get(page.size() - 1).key());
        } while (page.size() == size);
    }

    boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
        return store.write(conditions, mutations);
    }

    /** The store's time, to the millisecond. */
    Instant now() {
        return store.now().truncatedTo(ChronoUnit.MILLIS);
    }

    int maxBatch() {
        return store.maxBatch();
    }

    /** Checks the size of a page. */
    static int page(int limit) {
        if (limit < 1 || limit > PAGE) {
            throw new IllegalArgumentException("a page has 1 to " + PAGE + " rows, not " + limit);
        }
        return limit;
    }
}
