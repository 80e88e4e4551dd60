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
 * What a node has counted and no row tells yet, kept in the store in case that the node does not come back.
 *
 * <p>One record for each run of a node, replaced each minute together with the rows that take from it, so that a count is in
 * one place at any moment. Another run that finds it abandoned makes rows of it. Not thread-safe, except {@link #ofOthers}.
 */
public final class CountSnapshot {
    /** A node that has not written for so long is gone: it writes each minute while it has counted something. */
    public static final Duration ABANDONED = Duration.ofMinutes(10);

    private static final int ATTEMPTS = 3;

    /** A row that is not due yet. */
    private record Row(Instant time, String deviceId, AttemptEntry body) {
        static Row of(JournalEntry entry) {
            return new Row(
                    entry.time(),
                    Objects.requireNonNull(entry.deviceId()),
                    Json.read(entry.body(), AttemptEntry.class));
        }

        JournalEntry entry(String id) {
            return new JournalEntry(id, JournalEntry.Kind.UNLOCK, time, deviceId, Json.write(body));
        }
    }

    /** The record's body. */
    private record Tally(Instant written, List<Row> rows) {}

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
     * Writes rows, and what remains to be written.
     *
     * @throws StoreException if the outcome is unknown; the same rows must then be handed in again
     */
    void write(List<JournalEntry> rows, List<JournalEntry> rest, Instant now) {
        List<JournalEntry> left = unsure ? settle(rows) : rows;
        unsure = true;
        for (int i = 0; i < ATTEMPTS; i++) {
            if (written(left, rest, now)) {
                unsure = false;
                return;
            }
            // Another run has taken this one for gone: what it found is in rows already.
            id = ids.next();
            version = 0;
        }
        throw new StoreException("others kept changing what this node has counted");
    }

    /** After a write of unknown outcome: finds out how the store stands, and writes the rows in any case. */
    private List<JournalEntry> settle(List<JournalEntry> rows) {
        version = records.get(RecordMapper.TALLY, id).map(PolicyRecord::version).orElse(0L);
        if (!rows.isEmpty()) {
            writes.repeat(() -> store.note(rows, List.of()));
        }
        return List.of();
    }

    private boolean written(List<JournalEntry> rows, List<JournalEntry> rest, Instant now) {
        long next = rest.isEmpty() ? 0 : version + 1;
        List<Change> changes = change(rest, now);
        if (rows.isEmpty() && changes.isEmpty()) {
            return true;
        }
        CommitResult result = writes.repeat(() -> store.note(rows, changes));
        if (result == CommitResult.CONFLICT && (!rows.isEmpty() || !isStored(next))) {
            return false;
        }
        version = next;
        return true;
    }

    /** Whether a write that was repeated had happened at its first time. */
    private boolean isStored(long wanted) {
        return records.get(RecordMapper.TALLY, id).map(PolicyRecord::version).orElse(0L) == wanted;
    }

    private List<Change> change(List<JournalEntry> rest, Instant now) {
        if (rest.isEmpty()) {
            return version == 0 ? List.of() : List.of(new Change.Delete(RecordMapper.TALLY, id, version));
        }
        Tally tally = new Tally(now, rest.stream().map(Row::of).toList());
        return List.of(new Change.Put(
                new PolicyRecord(RecordMapper.TALLY, id, version + 1, Json.write(tally), Set.of(), Set.of())));
    }

    /** Makes rows of what runs of nodes have left that are gone. */
    void adopt(Instant now) {
        for (PolicyRecord found : others()) {
            // What cannot be read stays for whoever repairs it.
            Tally tally = RecordMapper.readIfReadable(found, Tally.class).orElse(new Tally(now, List.of()));
            if (Duration.between(tally.written(), now).abs().compareTo(ABANDONED) >= 0) {
                List<JournalEntry> rows =
                        tally.rows().stream().map(row -> row.entry(ids.next())).toList();
                // In conflict where a third one was faster, or where its node is back: then there is nothing to do.
                store.note(rows, List.of(new Change.Delete(RecordMapper.TALLY, found.id(), found.version())));
            }
        }
    }

    /** What other runs have counted, as of their last flush. */
    Stream<JournalEntry> ofOthers() {
        return others().stream()
                .flatMap(found -> RecordMapper.readIfReadable(found, Tally.class).stream())
                .flatMap(tally -> tally.rows().stream())
                .map(row -> row.entry(""));
    }

    private List<PolicyRecord> others() {
        return PolicyCache.scanAll(records, RecordMapper.TALLY, null).stream()
                .filter(found -> !found.id().equals(id))
                .toList();
    }
}
