package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.admission.PendingAttempts;
import io.panocrypt.policy.internal.admission.PendingAttempts.Waited;
import io.panocrypt.policy.internal.admission.RefusalAggregator;
import io.panocrypt.policy.internal.admission.RefusalSummary;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.resilience.RetryingWriter;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes what this node has only counted into the store; what fails is written once by the next flush. Thread-safe. */
final class Counts {
    /** A host that has not asked for this long has gone, and only the flush adds its attempts to its request. */
    private static final Duration GONE = Duration.ofMinutes(1);

    private static final int MAX_ATTEMPTS = 5;

    private final Store store;
    private final IdGenerator ids;
    private final InstantSource clock;
    private final RefusalAggregator refusals;
    private final PendingAttempts waiting;
    private final CountSnapshot snapshot;
    private final JournalRetryQueue retries;
    private final ReentrantLock flushing = new ReentrantLock();

    /** Entries that are being written, or whose writing has an unknown outcome, with their ids. */
    private volatile List<JournalEntry> unwritten = List.of();

    Counts(
            Store store,
            RetryingWriter writes,
            IdGenerator ids,
            InstantSource clock,
            RefusalAggregator refusals,
            PendingAttempts waiting,
            JournalRetryQueue retries) {
        this.store = store;
        this.ids = ids;
        this.clock = clock;
        this.refusals = refusals;
        this.waiting = waiting;
        this.retries = retries;
        this.snapshot = new CountSnapshot(store, writes, ids);
    }

    /** As {@link AttemptLog#counted}. */
    Stream<JournalEntry> counted(@Nullable String deviceId) {
        List<JournalEntry> stuck = unwritten;
        List<RefusalSummary> summaries = deviceId == null ? refusals.pending() : refusals.pending(deviceId);
        return Stream.of(stuck.stream(), summaries.stream().map(summary -> entry("", summary)), snapshot.ofOthers())
                .flatMap(entries -> entries)
                .filter(entry -> deviceId == null || deviceId.equals(entry.deviceId()));
    }

    /** As {@link AttemptLog#flush}. */
    void flush() {
        flush(false);
    }

    /** As {@link AttemptLog#flushAll}. */
    void flushAll() {
        flush(true);
    }

    /** Like {@link #flush}, but returns at once if a flush is running, and skips the retry queue, which may be long. */
    void flushUnlessFlushing() {
        if (!flushing.tryLock()) {
            return;
        }
        try {
            write(false);
        } finally {
            flushing.unlock();
        }
    }

    private void flush(boolean everything) {
        flushing.lock();
        try {
            write(everything);
            // Last, since the store may refuse one of these entries every time.
            retries.write();
        } finally {
            flushing.unlock();
        }
    }

    private void write(boolean everything) {
        if (!unwritten.isEmpty()) {
            writeEntries();
        }
        List<RefusalSummary> taken = everything ? refusals.takeAll() : refusals.takeDue();
        unwritten = taken.stream().map(summary -> entry(ids.next(), summary)).toList();
        writeEntries();
        writeWaiting(everything ? Instant.MAX : clock.instant().minus(GONE));
        snapshot.adopt(clock.instant());
    }

    private void writeEntries() {
        List<JournalEntry> rest =
                refusals.pending().stream().map(summary -> entry("", summary)).toList();
        snapshot.write(unwritten, rest, clock.instant());
        unwritten = List.of();
    }

    private void writeWaiting(Instant before) {
        List<Waited> gone = waiting.takeSince(before);
        for (int i = 0; i < gone.size(); i++) {
            try {
                write(gone.get(i));
            } catch (UnreadableRecordException e) {
                // Nothing can be added to this request, and the others must not wait for its repair.
                continue;
            } catch (StoreException e) {
                gone.subList(i + 1, gone.size()).forEach(waiting::putBack);
                throw e;
            }
        }
    }

    /** Adds the attempts to the request, whatever state it is in. */
    private void write(Waited waited) {
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            Optional<PolicyRecord> stored = store.get(RecordMapper.REQUEST, waited.requestId());
            if (stored.isEmpty()
                    || store.write(StoreWrite.of()
                                    .put(added(waited, stored.get()))
                                    .build())
                            .isWritten()) {
                return;
            }
        }
        waiting.putBack(waited);
    }

    private static PolicyRecord added(Waited waited, PolicyRecord stored) {
        ApprovalRequest request = RecordMapper.read(stored, ApprovalRequest.class)
                .seen(waited.last(), waited.count())
                .withVersion(stored.version() + 1);
        return new PolicyRecord(
                stored.kind(),
                stored.id(),
                request.version(),
                Json.write(request),
                stored.uniqueTerms(),
                stored.terms());
    }

    private static JournalEntry entry(String id, RefusalSummary summary) {
        return new JournalEntry(
                id,
                JournalEntry.Kind.UNLOCK,
                summary.refusal().time(),
                summary.refusal().deviceId(),
                Json.write(AttemptEntry.of(summary)));
    }
}
