package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.resilience.RetryingWriter;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Counts not yet in the journal, saved so that another node can write them if this one dies.
 *
 * <p>Some records for each run of a node, each with the counts of some devices. A record is replaced each minute together with
 * the entries that are taken from it, so that a count is in one place at any moment. Another run that finds it abandoned
 * writes its entries. Not thread-safe, except {@link #ofOthers}.
 */
public final class CountSnapshot {
    /** A node that has not written for this long is gone: it writes each minute while it has counted something. */
    public static final Duration ABANDONED = Duration.ofMinutes(10);

    private static final int MAX_ATTEMPTS = 3;

    /** Many, so that a record stays small even if this node counts all that it can. */
    private static final int PARTS = 128;

    /** What exceeds this is not saved, and lost if the node dies: a store need not accept larger values. */
    private static final int MAX_BYTES = 200_000;

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
    private record Tally(Instant written, List<Entry> rows) {
        PolicyRecord record(String id, long version) {
            String body = Json.write(this);
            return body.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES
                    ? new Tally(written, rows.subList(0, rows.size() / 2)).record(id, version)
                    : new PolicyRecord(RecordMapper.TALLY, id, version, body, Set.of(), Set.of());
        }
    }

    private final Store store;
    private final RetryingWriter writes;
    private final IdGenerator ids;

    private final Map<Integer, Part> parts = new HashMap<>();
    /** The ids of the records of this run. */
    private final Set<String> own = ConcurrentHashMap.newKeySet();
    /** Whether the last write had no known outcome. */
    private boolean unsure;

    CountSnapshot(Store store, RetryingWriter writes, IdGenerator ids) {
        this.store = store;
        this.writes = writes;
        this.ids = ids;
    }

    /**
     * Writes entries that are due, and saves the rest.
     *
     * @throws StoreException if the outcome is unknown; the same entries must then be handed in again
     */
    void write(List<JournalEntry> due, List<JournalEntry> rest, Instant now) {
        List<JournalEntry> unwritten = unsure ? settle(due) : due;
        unsure = true;
        Map<Integer, List<JournalEntry>> dueOf = byPart(unwritten);
        Map<Integer, List<JournalEntry>> restOf = byPart(rest);
        dueOf.keySet().forEach(this::part);
        restOf.keySet().forEach(this::part);
        parts.forEach((number, part) ->
                part.write(dueOf.getOrDefault(number, List.of()), restOf.getOrDefault(number, List.of()), now));
        unsure = false;
    }

    private Part part(int number) {
        return parts.computeIfAbsent(number, ignored -> new Part());
    }

    /** All counts of a device are in one part, because they are added to each other. */
    private static Map<Integer, List<JournalEntry>> byPart(List<JournalEntry> entries) {
        return entries.stream()
                .collect(Collectors.groupingBy(entry -> Math.floorMod(Objects.hashCode(entry.deviceId()), PARTS)));
    }

    /** After a write of unknown outcome: reads the stored versions, and writes the entries in any case. */
    private List<JournalEntry> settle(List<JournalEntry> due) {
        parts.values().forEach(Part::readVersion);
        // In the same groups as before, because the first entry of a group tells whether all are written.
        byPart(due).values().forEach(ofPart -> {
            for (int from = 0; from < ofPart.size(); from = end(ofPart, from)) {
                List<JournalEntry> group = ofPart.subList(from, end(ofPart, from));
                writes.repeat(() -> store.write(StoreWrite.of(group).build()));
            }
        });
        return List.of();
    }

    /** The end of the group of entries that are written together. */
    private int end(List<?> entries, int from) {
        return from + Math.min(entries.size() - from, store.maxWriteEntries());
    }

    /** The record of some devices. */
    private final class Part {
        private String id = newId();
        /** Of the record in the store; 0 if there is none. */
        private long version;

        private String newId() {
            String next = ids.next();
            own.add(next);
            return next;
        }

        void write(List<JournalEntry> due, List<JournalEntry> rest, Instant now) {
            int from = 0;
            do {
                int to = end(due, from);
                List<JournalEntry> saved = new ArrayList<>(due.subList(to, due.size()));
                saved.addAll(rest);
                writeSome(due.subList(from, to), saved, now);
                from = to;
            } while (from < due.size());
        }

        private void writeSome(List<JournalEntry> due, List<JournalEntry> rest, Instant now) {
            for (int i = 0; i < MAX_ATTEMPTS; i++) {
                if (tryWrite(due, rest, now)) {
                    return;
                }
                // Another run has adopted this one as abandoned: what it found is in the journal already.
                own.remove(id);
                id = newId();
                version = 0;
            }
            throw new StoreException("other nodes kept changing the saved counts of this one");
        }

        private boolean tryWrite(List<JournalEntry> due, List<JournalEntry> rest, Instant now) {
            long next = rest.isEmpty() ? 0 : version + 1;
            List<Change> changes = change(rest, now);
            if (due.isEmpty() && changes.isEmpty()) {
                return true;
            }
            WriteResult result = writes.repeat(
                    () -> store.write(StoreWrite.of(due).change(changes).build()));
            if (!result.isWritten() && (!due.isEmpty() || storedVersion() != next)) {
                return false;
            }
            version = next;
            return true;
        }

        private List<Change> change(List<JournalEntry> rest, Instant now) {
            if (rest.isEmpty()) {
                return version == 0 ? List.of() : List.of(new Change.Delete(RecordMapper.TALLY, id, version));
            }
            Tally tally = new Tally(now, rest.stream().map(Entry::of).toList());
            return List.of(new Change.Put(tally.record(id, version + 1)));
        }

        private long storedVersion() {
            return store.get(RecordMapper.TALLY, id).map(PolicyRecord::version).orElse(0L);
        }

        void readVersion() {
            version = storedVersion();
        }
    }

    /** Writes the counts of runs that are gone. */
    void adopt(Instant now) {
        for (PolicyRecord stored : others()) {
            // An unreadable record stays until it is repaired.
            Tally tally = RecordMapper.readIfReadable(stored, Tally.class).orElse(new Tally(now, List.of()));
            if (Duration.between(tally.written(), now).abs().compareTo(ABANDONED) >= 0) {
                adopt(stored, tally);
            }
        }
    }

    /** A conflict means that a third node was faster, or that its own node is back: nothing is left to do. */
    private void adopt(PolicyRecord stored, Tally tally) {
        long version = stored.version();
        int from = 0;
        boolean written;
        do {
            int to = end(tally.rows(), from);
            List<JournalEntry> entries = tally.rows().subList(from, to).stream()
                    .map(entry -> entry.toJournal(ids.next()))
                    .toList();
            List<Entry> left = tally.rows().subList(to, tally.rows().size());
            Change change = left.isEmpty()
                    ? new Change.Delete(RecordMapper.TALLY, stored.id(), version)
                    : new Change.Put(new Tally(tally.written(), left).record(stored.id(), version + 1));
            written = store.write(StoreWrite.of(entries).change(List.of(change)).build())
                    .isWritten();
            version++;
            from = to;
        } while (written && from < tally.rows().size());
    }

    /** What other runs had counted at their last flush. */
    Stream<JournalEntry> ofOthers() {
        return others().stream()
                .flatMap(stored -> RecordMapper.readIfReadable(stored, Tally.class).stream())
                .flatMap(tally -> tally.rows().stream())
                .map(entry -> entry.toJournal(""));
    }

    private List<PolicyRecord> others() {
        return PolicyCache.scanAll(store, RecordMapper.TALLY, null).stream()
                .filter(stored -> !own.contains(stored.id()))
                .toList();
    }
}
