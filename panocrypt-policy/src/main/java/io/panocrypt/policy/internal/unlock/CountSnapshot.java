package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.resilience.RetryingWriter;
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyEdit.Change;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.policy.spi.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Counts not yet in the journal, saved so that another node can write them if this one dies.
 *
 * <p>One record for each run of a node, replaced each minute together with the entries that are taken from it, so that a
 * count is in one place at any moment. Another run that finds it abandoned writes its entries. Not thread-safe, except {@link
 * #ofOthers}.
 */
public final class CountSnapshot {
    /** A node that has not written for this long is gone: it writes each minute while it has counted something. */
    public static final Duration ABANDONED = Duration.ofMinutes(10);

    private static final int MAX_ATTEMPTS = 3;

    /** An entry that is not due yet. */
    private record Entry(Instant time, String deviceId, AttemptEntry body) {
        static Entry of(JournalEntry entry) {
            return new Entry(
                    entry.time(),
                    Objects.requireNonNull(entry.deviceId()),
                    Json.read(entry.body(), AttemptEntry.class));
        }

        JournalEntry toJournal(String id) {
            return new JournalEntry(id, JournalEntry.Kind.UNLOCK, time, deviceId, Json.write(body));
        }
    }

    /** The stored body. */
    private record Tally(Instant written, List<Entry> rows) {}

    private final PolicyStore records;
    private final DecisionStore store;
    private final RetryingWriter writes;
    private final IdGenerator ids;

    private volatile String id;
    /** Of the record in the store; 0 if there is none. */
    private long version;
    /** Whether the last write had no known outcome. */
    private boolean unsure;

    CountSnapshot(PolicyStore records, DecisionStore store, RetryingWriter writes, IdGenerator ids) {
        this.records = records;
        this.store = store;
        this.writes = writes;
        this.ids = ids;
        this.id = ids.next();
    }

    /**
     * Writes entries that are due, and saves the rest.
     *
     * @throws StoreException if the outcome is unknown; the same entries must then be handed in again
     */
    void write(List<JournalEntry> due, List<JournalEntry> rest, Instant now) {
        List<JournalEntry> unwritten = unsure ? settle(due) : due;
        unsure = true;
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            if (tryWrite(unwritten, rest, now)) {
                unsure = false;
                return;
            }
            // Another run has adopted this one as abandoned: what it found is in the journal already.
            id = ids.next();
            version = 0;
        }
        throw new StoreException("other nodes kept changing the saved counts of this one");
    }

    /** After a write of unknown outcome: reads the stored version, and writes the entries in any case. */
    private List<JournalEntry> settle(List<JournalEntry> due) {
        version = records.get(RecordMapper.TALLY, id).map(PolicyRecord::version).orElse(0L);
        if (!due.isEmpty()) {
            writes.repeat(() -> store.note(due, List.of()));
        }
        return List.of();
    }

    private boolean tryWrite(List<JournalEntry> due, List<JournalEntry> rest, Instant now) {
        long next = rest.isEmpty() ? 0 : version + 1;
        List<Change> changes = change(rest, now);
        if (due.isEmpty() && changes.isEmpty()) {
            return true;
        }
        CommitResult result = writes.repeat(() -> store.note(due, changes));
        if (result == CommitResult.CONFLICT && (!due.isEmpty() || !isStored(next))) {
            return false;
        }
        version = next;
        return true;
    }

    /** Whether a repeated write had succeeded the first time. */
    private boolean isStored(long wanted) {
        return records.get(RecordMapper.TALLY, id).map(PolicyRecord::version).orElse(0L) == wanted;
    }

    private List<Change> change(List<JournalEntry> rest, Instant now) {
        if (rest.isEmpty()) {
            return version == 0 ? List.of() : List.of(new Change.Delete(RecordMapper.TALLY, id, version));
        }
        Tally tally = new Tally(now, rest.stream().map(Entry::of).toList());
        return List.of(new Change.Put(
                new PolicyRecord(RecordMapper.TALLY, id, version + 1, Json.write(tally), Set.of(), Set.of())));
    }

    /** Writes the counts of runs that are gone. */
    void adopt(Instant now) {
        for (PolicyRecord stored : others()) {
            // An unreadable record stays until it is repaired.
            Tally tally = RecordMapper.readIfReadable(stored, Tally.class).orElse(new Tally(now, List.of()));
            if (Duration.between(tally.written(), now).abs().compareTo(ABANDONED) >= 0) {
                List<JournalEntry> entries = tally.rows().stream()
                        .map(entry -> entry.toJournal(ids.next()))
                        .toList();
                // A conflict means that a third node was faster, or that its own node is back: nothing is left to do.
                store.note(entries, List.of(new Change.Delete(RecordMapper.TALLY, stored.id(), stored.version())));
            }
        }
    }

    /** What other runs had counted at their last flush. */
    Stream<JournalEntry> ofOthers() {
        return others().stream()
                .flatMap(stored -> RecordMapper.readIfReadable(stored, Tally.class).stream())
                .flatMap(tally -> tally.rows().stream())
                .map(entry -> entry.toJournal(""));
    }

    private List<PolicyRecord> others() {
        return PolicyCache.scanAll(records, RecordMapper.TALLY, null).stream()
                .filter(stored -> !stored.id().equals(id))
                .toList();
    }
}
