package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.internal.records.ParseCache;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The hash chains: a head for each, and the rows between its first and its last. A cut moves the first; the rows before it
 * are gone at once and removed later. Thread-safe.
 */
final class Journal {
    /** The most keys that a row is stored under: its own, its entry's id, and two places. */
    static final int KEYS_OF_A_ROW = 4;

    /** Many rows may be cut and not yet removed, so a page is not filled up one by one. */
    private static final int MIN_SCAN = 100;

    private final Entries entries;
    private final String chain;

    /** @param chain the node's own */
    Journal(Entries entries, String chain) {
        this.entries = entries;
        this.chain = chain;
    }

    /**
     * A stored head.
     *
     * @param first the sequence of the first row that is not cut
     * @param sequence of the last row; 0 before the first
     */
    record Head(String chain, long first, long sequence, String hash) {
        private static final ParseCache<Head> PARSED = new ParseCache<>();

        static Head in(EntryTransaction write, String chain) {
            String key = Keys.head(chain);
            ChainHead start = ChainHead.start(chain);
            return write.get(key)
                    .map(text -> PARSED.of(key, text, some -> Values.read(some, Head.class)))
                    .orElseGet(() -> new Head(chain, 1, start.sequence(), start.hash()));
        }

        void put(EntryTransaction write) {
            String key = Keys.head(chain);
            String text = Values.write(this);
            write.putText(key, text);
            PARSED.put(key, text, this);
        }

        ChainHead head() {
            return new ChainHead(chain, sequence, hash);
        }

        private boolean holds(long row) {
            return first <= row && row <= sequence;
        }
    }

    /** A stored row, without its entry's body. */
    record StoredRow(
            String chain,
            long sequence,
            String id,
            String kind,
            long time,
            @Nullable String device,
            String hash) {
        static StoredRow of(JournalRow row) {
            JournalEntry entry = row.entry();
            return new StoredRow(
                    row.chain(),
                    row.sequence(),
                    entry.id(),
                    entry.kind().name(),
                    entry.time().toEpochMilli(),
                    entry.deviceId(),
                    row.hash());
        }

        JournalRow with(String body) {
            JournalEntry entry =
                    new JournalEntry(id, JournalEntry.Kind.of(kind), Instant.ofEpochMilli(time), device, body);
            return new JournalRow(chain, sequence, entry, hash);
        }
    }

    static JournalRow row(StoreEntry entry) {
        return row(entry.value());
    }

    private static JournalRow row(String text) {
        return Values.read(text, StoredRow.class, StoredRow::with);
    }

    /** The keys that {@link #append} gets. */
    List<String> reads() {
        return List.of(Keys.head(chain));
    }

    /** Links the entry to the end of this node's chain. */
    void append(EntryTransaction write, JournalEntry entry) {
        Head head = Head.in(write, chain);
        JournalRow row = head.head().append(entry);
        put(write, row);
        new Head(chain, head.first(), row.sequence(), row.hash()).put(write);
    }

    private static void put(EntryTransaction write, JournalRow row) {
        String key = Keys.row(row.chain(), row.sequence());
        write.putText(key, Values.write(StoredRow.of(row), row.entry().body()));
        write.putText(Keys.written(row.entry().id()), key);
        places(row).forEach(place -> write.putText(place, key));
    }

    /** Writes a row of any chain as it is, unless its chain has that sequence; the first row begins the chain. */
    static void restore(EntryTransaction write, JournalRow row) {
        Head head = Head.in(write, row.chain());
        boolean isFirst = head.sequence() == 0;
        if (isFirst || row.sequence() > head.sequence()) {
            put(write, row);
            new Head(row.chain(), isFirst ? row.sequence() : head.first(), row.sequence(), row.hash()).put(write);
        }
    }

    /** The keys under which a row is found by time. */
    static List<String> places(JournalRow row) {
        JournalQuery.Position position = JournalQuery.Position.of(row);
        JournalEntry entry = row.entry();
        List<String> places = new ArrayList<>(List.of(Keys.place(entry.kind(), null, position)));
        if (entry.deviceId() != null) {
            places.add(Keys.place(entry.kind(), entry.deviceId(), position));
        }
        return places;
    }

    /** Changes the version of this node's head, on which each append depends. */
    void touch(EntryTransaction write) {
        Head.in(write, chain).put(write);
    }

    /** Whether the chain has that row, and one that follows it. */
    static boolean isTruncatable(EntryTransaction write, ChainHead end) {
        Head head = Head.in(write, end.chain());
        boolean isThere = head.holds(end.sequence())
                && write.get(Keys.row(end.chain(), end.sequence()))
                        .filter(text -> row(text).hash().equals(end.hash()))
                        .isPresent();
        // The next row could have been removed by an attacker. The chain is then broken there, and is not cut further.
        return isThere
                && end.sequence() != head.sequence()
                && write.get(Keys.row(end.chain(), end.sequence() + 1)).isPresent();
    }

    /** Removes a chain's rows up to that end. */
    static void truncate(EntryTransaction write, ChainHead end) {
        Head head = Head.in(write, end.chain());
        new Head(end.chain(), end.sequence() + 1, head.sequence(), head.hash()).put(write);
    }

    List<JournalRow> newest(JournalQuery query) {
        int limit = Entries.page(query.limit());
        String prefix = Keys.places(query.kind(), query.deviceId());
        String to =
                query.before() == null ? Keys.end(prefix) : Keys.place(query.kind(), query.deviceId(), query.before());
        List<JournalRow> rows = new ArrayList<>();
        while (rows.size() < limit) {
            List<StoreEntry> places = entries.scanBack(prefix, to, Math.max(limit - rows.size(), MIN_SCAN));
            if (places.isEmpty()) {
                break;
            }
            rows.addAll(at(places.stream().map(StoreEntry::value).toList()));
            to = places.get(places.size() - 1).key();
        }
        return rows.subList(0, Math.min(limit, rows.size()));
    }

    /** The rows with these keys, without those that were cut. */
    private List<JournalRow> at(List<String> keys) {
        Map<String, StoreEntry> found = entries.read(keys);
        List<JournalRow> rows = new ArrayList<>();
        Set<String> headKeys = new HashSet<>();
        for (String key : keys) {
            StoreEntry entry = found.get(key);
            if (entry != null) {
                JournalRow row = row(entry);
                rows.add(row);
                headKeys.add(Keys.head(row.chain()));
            }
        }
        Map<String, Head> heads = new HashMap<>();
        entries.read(headKeys).values().stream()
                .map(entry -> Values.read(entry, Head.class))
                .forEach(head -> heads.put(head.chain(), head));
        return rows.stream()
                .filter(row ->
                        heads.containsKey(row.chain()) && heads.get(row.chain()).first() <= row.sequence())
                .toList();
    }

    List<JournalRow> rows(String ofChain, long after, int limit) {
        String key = Keys.head(ofChain);
        StoreEntry head = entries.read(List.of(key)).get(key);
        if (head == null) {
            return List.of();
        }
        long first = Values.read(head, Head.class).first();
        String from = after < first ? Keys.row(ofChain, first) : Keys.after(Keys.row(ofChain, after));
        return entries.scan(from, Keys.end(Keys.rows(ofChain)), Entries.page(limit)).stream()
                .map(Journal::row)
                .toList();
    }

    /** The heads of all chains, by name. */
    List<Head> heads() {
        return entries.all(Keys.HEADS).stream()
                .map(entry -> Values.read(entry, Head.class))
                .filter(head -> head.sequence() > 0)
                .toList();
    }
}
