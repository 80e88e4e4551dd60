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
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyEdit.Change;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What this node has counted instead of writing it at once, on its way into the store.
 *
 * <p>Thread-safe. What could not be written is written with the next flush, once.
 */
public final class Counts {
    /** After so long without a refresh, the host has gone and only the flush writes down that it had asked. */
    private static final Duration GONE = Duration.ofMinutes(1);

    private static final int ATTEMPTS = 5;

    private final PolicyStore records;
    private final DecisionStore store;
    private final IdGenerator ids;
    private final InstantSource clock;
    private final RefusalAggregator folder;
    private final PendingAttempts waits = new PendingAttempts();
    private final CountSnapshot leftovers;
    private final JournalRetryQueue owed;
    private final ReentrantLock writing = new ReentrantLock();

    /** Rows that are being written, or whose writing has an unknown outcome, with their ids. */
    private volatile List<JournalEntry> unwritten = List.of();

    public Counts(
            PolicyStore records,
            DecisionStore store,
            RetryingWriter writes,
            IdGenerator ids,
            InstantSource clock,
            JournalRetryQueue owed) {
        this.records = records;
        this.store = store;
        this.ids = ids;
        this.clock = clock;
        this.folder = new RefusalAggregator(clock);
        this.owed = owed;
        this.leftovers = new CountSnapshot(records, store, writes, ids);
    }

    RefusalAggregator folder() {
        return folder;
    }

    PendingAttempts waits() {
        return waits;
    }

    /** Refusals of all devices, or of one, that nodes have counted and that stand in no row yet. */
    public Stream<JournalEntry> pending(@Nullable String deviceId) {
        List<JournalEntry> stuck = unwritten;
        List<RefusalSummary> counted = deviceId == null ? folder.pending() : folder.pending(deviceId);
        return Stream.of(stuck.stream(), counted.stream().map(folded -> entry("", folded)), leftovers.ofOthers())
                .flatMap(entries -> entries)
                .filter(entry -> deviceId == null || deviceId.equals(entry.deviceId()));
    }

    /**
     * Writes down what is due, and what is not due yet where nobody sees it, so that a crash loses no more than was counted
     * since.
     *
     * @throws StoreException if the store fails; then the rest is written by the next flush
     */
    public void flush() {
        write(false);
    }

    /**
     * As {@link #flush}, unless somebody else is at it, for whom no request should wait; and without the rows that are owed,
     * which may be a thousand writes.
     */
    void flushUnlessFlushed() {
        if (!writing.tryLock()) {
            return;
        }
        try {
            writeAlone(false);
        } finally {
            writing.unlock();
        }
    }

    /** Writes down everything; throws as {@link #flush} does. */
    public void flushAll() {
        write(true);
    }

    private void write(boolean everything) {
        writing.lock();
        try {
            writeAlone(everything);
            // At last: among these may be one that the store never takes.
            owed.write();
        } finally {
            writing.unlock();
        }
    }

    private void writeAlone(boolean everything) {
        if (!unwritten.isEmpty()) {
            writeRows();
        }
        List<RefusalSummary> taken = everything ? folder.takeAll() : folder.takeDue();
        unwritten = taken.stream().map(folded -> entry(ids.next(), folded)).toList();
        writeRows();
        writeWaits(everything ? Instant.MAX : clock.instant().minus(GONE));
        leftovers.adopt(clock.instant());
    }

    private void writeRows() {
        List<JournalEntry> rest =
                folder.pending().stream().map(folded -> entry("", folded)).toList();
        leftovers.write(unwritten, rest, clock.instant());
        unwritten = List.of();
    }

    private void writeWaits(Instant before) {
        List<Waited> gone = waits.takeSince(before);
        for (int i = 0; i < gone.size(); i++) {
            try {
                write(gone.get(i));
            } catch (UnreadableRecordException e) {
                // Nothing can be added to it, and the others must not wait for that.
                continue;
            } catch (StoreException e) {
                gone.subList(i + 1, gone.size()).forEach(waits::putBack);
                throw e;
            }
        }
    }

    private static JournalEntry entry(String id, RefusalSummary folded) {
        return new JournalEntry(
                id,
                JournalEntry.Kind.UNLOCK,
                folded.refusal().time(),
                folded.refusal().deviceId(),
                Json.write(AttemptEntry.of(folded)));
    }

    /** Adds what was counted to the request, whatever has become of it. */
    private void write(Waited waited) {
        for (int i = 0; i < ATTEMPTS; i++) {
            Optional<PolicyRecord> stored = records.get(RecordMapper.REQUEST, waited.requestId());
            if (stored.isEmpty()
                    || store.note(List.of(), List.of(added(waited, stored.get()))) == CommitResult.COMMITTED) {
                return;
            }
        }
        waits.putBack(waited);
    }

    private static Change added(Waited waited, PolicyRecord stored) {
        ApprovalRequest request = RecordMapper.read(stored, ApprovalRequest.class)
                .seen(waited.last(), waited.count())
                .withVersion(stored.version() + 1);
        return new Change.Put(new PolicyRecord(
                stored.kind(),
                stored.id(),
                request.version(),
                Json.write(request),
                stored.uniqueTerms(),
                stored.terms()));
    }
}
