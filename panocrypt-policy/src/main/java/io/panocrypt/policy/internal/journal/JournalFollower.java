package io.panocrypt.policy.internal.journal;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.Store;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads what all nodes have added to the journal since a position. Every row comes exactly once, the rows of one chain in their
 * order; rows that retention has removed meanwhile are missing. Thread-safe: the caller keeps its position.
 */
public final class JournalFollower {
    private final Store store;

    public JournalFollower(Store store) {
        this.store = store;
    }

    /**
     * How far the journal was read. Immutable.
     *
     * @param read the last sequence of each chain; a chain that is missing was not read
     */
    public record Position(SortedMap<String, Long> read) {
        /** Before the first row of every chain. */
        public static final Position START = new Position(new TreeMap<>());

        public Position {
            read = Collections.unmodifiableSortedMap(new TreeMap<>(read));
        }

        private long of(String chain) {
            return read.getOrDefault(chain, 0L);
        }

        private Position with(String chain, long sequence) {
            SortedMap<String, Long> next = new TreeMap<>(read);
            next.put(chain, sequence);
            return new Position(next);
        }
    }

    /**
     * Rows of one chain that follow each other.
     *
     * @param rows at least one, by ascending sequence
     * @param after the sequence behind which they were read; the first row has the next one, unless rows were removed
     * @param end the position after them
     */
    public record Batch(List<JournalRow> rows, long after, Position end) {
        public Batch {
            rows = List.copyOf(rows);
        }
    }

    /** The position after all rows that are there now. */
    public Position end() {
        SortedMap<String, Long> read = new TreeMap<>();
        store.heads().forEach(head -> read.put(head.chain(), head.sequence()));
        return new Position(read);
    }

    /**
     * The next rows of a chain that has some; empty if no chain has any.
     *
     * @param limit maximum number of rows, 1 to 1,000
     */
    public Optional<Batch> next(Position position, int limit) {
        for (ChainHead head : store.heads()) {
            long after = position.of(head.chain());
            if (head.sequence() > after) {
                List<JournalRow> rows = store.chain(head.chain(), after, limit);
                if (!rows.isEmpty()) {
                    long last = rows.get(rows.size() - 1).sequence();
                    return Optional.of(new Batch(rows, after, position.with(head.chain(), last)));
                }
            }
        }
        return Optional.empty();
    }
}
