package io.panocrypt.policy.internal.journal;

import io.panocrypt.policy.internal.records.Budget;
import io.panocrypt.policy.internal.records.PageReader;
import io.panocrypt.policy.model.history.HistoryFilter;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalQuery.Position;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.Store;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Searches the journal, newest first. The store selects by kind, device and time; every other condition is tested on the rows
 * that it returns, within a {@link Budget}. Thread-safe.
 */
public final class JournalSearch {
    private static final int MIN_BATCH = 100;
    private static final int MAX_BATCH = 1_000;

    private final Store store;
    private final InstantSource clock;

    public JournalSearch(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * What to look for.
     *
     * @param kind the kind of entries
     * @param filter its times and its device are used
     * @param reader of a row; throws {@link io.panocrypt.policy.spi.store.UnreadableRecordException}
     * @param condition what the store cannot test; null if there is nothing
     */
    public record Wanted<T>(
            JournalEntry.Kind kind,
            HistoryFilter filter,
            Function<JournalRow, T> reader,
            @Nullable Predicate<T> condition) {
        private boolean admits(T value) {
            return condition == null || condition.test(value);
        }

        /** Whether the row is older than all that are wanted. */
        private boolean endsAt(JournalRow row) {
            Instant from = filter.from();
            return from != null && row.entry().time().isBefore(from);
        }

        /** The position before which to read: the cursor's, but none later than the end of the time that is wanted. */
        private @Nullable Position start(@Nullable Position cursor) {
            Instant to = filter.to();
            if (to == null) {
                return cursor;
            }
            // Rows have whole milliseconds.
            long end = to.toEpochMilli() + (to.getNano() % 1_000_000 == 0 ? 0 : 1);
            return cursor != null && cursor.epochMilli() < end ? cursor : Position.olderThan(end);
        }
    }

    /** A row that fits, and its value. */
    public record Hit<T>(JournalRow row, T value) {}

    /**
     * What a search found.
     *
     * @param unreadable the rows that cannot be read, so it is unknown whether they fit
     * @param nextCursor where to go on; empty if there is nothing more
     * @param examined how many rows were read
     */
    public record Found<T>(List<Hit<T>> hits, List<String> unreadable, Optional<String> nextCursor, int examined) {
        public Found {
            hits = List.copyOf(hits);
            unreadable = List.copyOf(unreadable);
        }
    }

    /**
     * The next rows that fit; fewer than the limit, and a cursor, if the budget is spent before.
     *
     * @param limit of rows that fit or cannot be read
     */
    public <T> Found<T> find(Wanted<T> wanted, @Nullable String cursor, int limit) {
        Budget budget = new Budget(clock);
        List<Hit<T>> hits = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        Position at = wanted.start(JournalCursor.parse(cursor));
        int batch = wanted.condition() == null ? limit : Math.max(limit, MIN_BATCH);
        while (true) {
            int asked = budget.batch(Math.min(batch, MAX_BATCH));
            List<JournalRow> rows = read(wanted, at, asked);
            for (JournalRow row : rows) {
                if (wanted.endsAt(row)) {
                    return new Found<>(hits, unreadable, Optional.empty(), budget.examined());
                }
                budget.count();
                PageReader.read(row, row.chain() + "/" + row.sequence(), wanted.reader(), unreadable)
                        .filter(wanted::admits)
                        .ifPresent(value -> hits.add(new Hit<>(row, value)));
                at = Position.of(row);
                if (hits.size() + unreadable.size() == limit) {
                    return stopped(row, hits, unreadable, budget);
                }
            }
            if (rows.size() < asked) {
                return new Found<>(hits, unreadable, Optional.empty(), budget.examined());
            }
            if (budget.isSpent()) {
                return stopped(rows.get(rows.size() - 1), hits, unreadable, budget);
            }
            batch *= 2;
        }
    }

    private static <T> Found<T> stopped(JournalRow last, List<Hit<T>> hits, List<String> unreadable, Budget budget) {
        return new Found<>(hits, unreadable, Optional.of(JournalCursor.after(last)), budget.examined());
    }

    /** Takes rows one after another. */
    @FunctionalInterface
    interface RowSink {
        void accept(JournalRow row) throws IOException;
    }

    /** Passes on all rows that fit, and those that cannot be read, without a budget. */
    <T> void each(Wanted<T> wanted, RowSink sink) throws IOException {
        Position at = wanted.start(null);
        List<JournalRow> rows;
        do {
            rows = read(wanted, at, MAX_BATCH);
            for (JournalRow row : rows) {
                if (wanted.endsAt(row)) {
                    return;
                }
                if (PageReader.read(row, "", wanted.reader(), new ArrayList<>())
                        .filter(value -> !wanted.admits(value))
                        .isEmpty()) {
                    sink.accept(row);
                }
                at = Position.of(row);
            }
        } while (rows.size() == MAX_BATCH);
    }

    private List<JournalRow> read(Wanted<?> wanted, @Nullable Position before, int limit) {
        return store.journal(new JournalQuery(wanted.kind(), wanted.filter().deviceId(), before, limit));
    }
}
