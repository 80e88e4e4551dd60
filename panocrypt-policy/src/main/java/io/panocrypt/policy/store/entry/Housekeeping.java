package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Removes in small writes what an act has only marked: rows that were cut, and grants that were cancelled by terms. What it
 * does not manage in time, the next run does. Thread-safe.
 */
final class Housekeeping {
    private static final System.Logger LOG = System.getLogger(Housekeeping.class.getName());

    private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** The keys that settling a ledger names: itself, its device and the shared entry. */
    private static final int KEYS_OF_A_LEDGER = 3;

    private final Entries entries;
    private final NodeWriter writer;
    private final Journal journal;
    /** Where the next run goes on; null at the beginning. Without it, a run might never reach the last ledgers. */
    private volatile @Nullable Round round;

    Housekeeping(Entries entries, NodeWriter writer, Journal journal) {
        this.entries = entries;
        this.writer = writer;
        this.journal = journal;
    }

    /** All ledgers before that key have heard of that cancel, and will for ever. */
    private record Round(long heard, String from) {}

    /** Runs after an act that has happened, so its faults tell nothing about the act. */
    void runIfPossible() {
        try {
            run();
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "what was cut or cancelled is removed later", e);
        }
    }

    /** Runs for about 2 s at most for each of its tasks. */
    void run() {
        long deadline = System.nanoTime() + MAX_NANOS;
        journal.heads().forEach(head -> removeRows(head, deadline));
        settleLedgers(System.nanoTime() + MAX_NANOS);
    }

    private void removeRows(Journal.Head head, long deadline) {
        while (head.first() > 1 && System.nanoTime() - deadline < 0) {
            List<StoreEntry> rows = entries.scan(
                    Keys.rows(head.chain()),
                    Keys.row(head.chain(), head.first()),
                    entries.maxBatch() / Journal.KEYS_OF_A_ROW);
            if (rows.isEmpty()) {
                return;
            }
            removeRows(rows);
        }
    }

    /** Depends on the rows, so that of two nodes one removes them: an entry's id may be used again afterwards. */
    private void removeRows(List<StoreEntry> rows) {
        List<EntryCondition> conditions = new ArrayList<>();
        List<EntryMutation> mutations = new ArrayList<>();
        for (StoreEntry entry : rows) {
            conditions.add(new EntryCondition.HasVersion(entry.key(), entry.version()));
            mutations.add(new EntryMutation.Remove(entry.key()));
            JournalRow row = Journal.row(entry);
            mutations.add(new EntryMutation.Remove(Keys.written(row.entry().id())));
            Journal.places(row).forEach(place -> mutations.add(new EntryMutation.Remove(place)));
        }
        entries.write(conditions, mutations);
    }

    /** Lets all ledgers hear of the pending cancels, and then forgets these. */
    private void settleLedgers(long deadline) {
        StoreEntry shared = entries.read(List.of(Keys.SHARED)).get(Keys.SHARED);
        Grants.Shared before = Grants.Shared.of(shared);
        if (before.pending().isEmpty()) {
            return;
        }
        Round begun = round;
        Round now = begun == null ? new Round(before.cancels(), Keys.LEDGERS) : begun;
        long heard = now.heard();
        List<StoreEntry> page;
        do {
            page = entries.scan(now.from(), Keys.end(Keys.LEDGERS), entries.maxBatch() / KEYS_OF_A_LEDGER);
            List<String> behind = page.stream()
                    .map(entry -> Values.read(entry, Grants.Ledger.class))
                    .filter(ledger -> ledger.cancels() < heard)
                    .map(ledger -> ledger.grants().get(0).deviceId())
                    .toList();
            change(write -> behind.forEach(device -> Grants.settle(write, device)));
            if (!page.isEmpty()) {
                now = new Round(heard, Keys.after(page.get(page.size() - 1).key()));
                round = now;
            }
            if (System.nanoTime() - deadline > 0) {
                return;
            }
        } while (!page.isEmpty());
        round = null;
        change(write -> Grants.Shared.in(write).without(heard).put(write));
    }

    private void change(Consumer<EntryTransaction> change) {
        writer.call(Act.of(write -> {
            change.accept(write);
            return true;
        }));
    }
}
