package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.decision.Decision;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.resilience.RetryingWriter;
import io.panocrypt.policy.internal.unlock.Evaluation.Decided;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Commits decisions, and records in the journal where a committed one may have led to no answer. Thread-safe. */
final class DecisionCommitter {
    private static final System.Logger LOG = System.getLogger(DecisionCommitter.class.getName());

    private final Store store;
    private final RetryingWriter writes;
    private final IdGenerator ids;
    private final DecisionNotices notices;
    private final JournalRetryQueue retries;

    DecisionCommitter(
            Store store, RetryingWriter writes, IdGenerator ids, DecisionNotices notices, JournalRetryQueue retries) {
        this.store = store;
        this.writes = writes;
        this.ids = ids;
        this.notices = notices;
        this.retries = retries;
    }

    /**
     * Commits the decision with its journal entry, its spends and its changes.
     *
     * @param waited attempts to be added to the request that it writes
     * @return false if nothing was written because the decision no longer fits: it must be evaluated again
     * @throws StoreRejectedException if nothing was written, and will not be
     * @throws StoreInputException likewise, since the store refuses it
     * @throws StoreException if the outcome stays unknown, so that a use may be gone; the attempt is or will be in the journal
     */
    boolean commit(Decided decided, long waited) {
        String id = ids.next();
        Optional<ApprovalRequest> opened = opened(decided);
        DecisionNotices.Announcement announcement = announcement(decided, id, opened);
        JournalEntry entry = entry(id, decided);
        StoreWrite write = of(entry, decided, requestChanges(decided, opened, waited), announcement);
        try {
            boolean committed = writes.repeat(() -> store.write(write)).isWritten();
            if (committed) {
                notices.committed(announcement);
            }
            return committed;
        } catch (StoreRejectedException | StoreInputException e) {
            throw e;
        } catch (StoreException e) {
            if (decided.isAllowed()) {
                recordUnknown(entry, decided, e);
            } else {
                retries.add(entry);
            }
            throw e;
        }
    }

    private DecisionNotices.Announcement announcement(Decided decided, String id, Optional<ApprovalRequest> opened) {
        try {
            return notices.of(decided, id, opened);
        } catch (StoreException e) {
            // Only reads have failed: unlike after a commit, nothing is unknown.
            throw new StoreRejectedException("nothing was committed", e);
        }
    }

    /** Raises the alarm again about refusals that go on for hours and are only counted. */
    void remind(Decided decided) {
        DecisionNotices.Announcement announcement = notices.ofRefusal(decided);
        if (!announcement.outbox().isEmpty()) {
            store.write(StoreWrite.of().enqueue(announcement.outbox()).build());
            notices.committed(announcement);
        }
    }

    /**
     * Writes a request that was seen again, without a journal entry: no decision belongs to it.
     *
     * @return false if it was changed meanwhile
     */
    boolean refresh(ApprovalRequest request) {
        return store.write(StoreWrite.of().put(RecordMapper.open(next(request))).build())
                .isWritten();
    }

    private static JournalEntry entry(String id, Decided decided) {
        return new JournalEntry(
                id,
                JournalEntry.Kind.UNLOCK,
                decided.snapshot().now(),
                decided.device().id(),
                Json.write(AttemptEntry.of(decided.attempt(), decided.decision())));
    }

    private static StoreWrite of(
            JournalEntry entry, Decided decided, List<Change> changes, DecisionNotices.Announcement announcement) {
        Device device = decided.device();
        return StoreWrite.of(entry)
                .inEpoch(decided.snapshot().epoch())
                .require(RecordMapper.DEVICE, device.id(), device.version())
                .spend(device.id(), spends(decided.decision()))
                .change(changes)
                .change(announcement.changes())
                .enqueue(announcement.outbox())
                .build();
    }

    private static List<String> spends(Decision decision) {
        return Stream.concat(
                        decision.spends().map(Allowance::id).stream(),
                        decision
                                .collects()
                                .flatMap(collection -> collection.request().grantId())
                                .stream())
                .toList();
    }

    /** The decision's effect on the device's approval requests, as changes of their records. */
    private static List<Change> requestChanges(Decided decided, Optional<ApprovalRequest> opened, long waited) {
        Decision decision = decided.decision();
        Instant now = decided.snapshot().now();
        if (decision.collects().isPresent()) {
            Decision.Collection collection = decision.collects().get();
            ApprovalRequest collected = next(collection.request().collect(now, collection.last(), waited + 1));
            return List.of(new Change.Put(
                    collection.last() ? RecordMapper.remembered(collected) : RecordMapper.open(collected)));
        }
        if (decision.request() instanceof Decision.RequestEffect.Refresh refresh) {
            return List.of(
                    new Change.Put(RecordMapper.open(next(refresh.request().seen(now, waited + 1)))));
        }
        if (decision.request() instanceof Decision.RequestEffect.Open open) {
            return opening(open, opened.orElseThrow());
        }
        return List.of();
    }

    private Optional<ApprovalRequest> opened(Decided decided) {
        return decided.decision().request() instanceof Decision.RequestEffect.Open open
                ? Optional.of(ApprovalRequest.open(
                        ids.next(),
                        decided.device().id(),
                        decided.attempt().source().orElseThrow(),
                        open.place(),
                        decided.snapshot().now(),
                        open.askedAgain(),
                        open.lastCollected(),
                        decided.device().volumes()))
                : Optional.empty();
    }

    private static List<Change> opening(Decision.RequestEffect.Open open, ApprovalRequest opened) {
        return Stream.of(
                        open.over().stream().map(old -> RecordMapper.closed(next(old))),
                        open.remembered().stream()
                                .map(old ->
                                        RecordMapper.remembered(next(old.withState(ApprovalRequest.State.EXPIRED)))),
                        Stream.of(RecordMapper.open(opened)))
                .flatMap(records -> records)
                .map(record -> (Change) new Change.Put(record))
                .toList();
    }

    private static ApprovalRequest next(ApprovalRequest request) {
        return request.withVersion(request.version() + 1);
    }

    /** No answer leaves, and a use may be gone: logged, and in the journal as soon as the store takes it. */
    private void recordUnknown(JournalEntry entry, Decided decided, StoreException fault) {
        LOG.log(
                System.Logger.Level.ERROR,
                "the outcome of commit {0} for device {1} stays unknown; the use may be gone: {2}",
                entry.id(),
                decided.device().id(),
                AttemptEntry.spent(decided.decision()).orElse("none was needed"));
        JournalEntry lost = lost(decided, "outcome of the commit unknown");
        try {
            store.write(StoreWrite.of(lost).build());
        } catch (StoreException e) {
            fault.addSuppressed(e);
            retries.add(lost);
        }
    }

    /** Records that no answer left although one was committed. */
    void recordLost(Decided decided, String cause) {
        JournalEntry lost = lost(decided, cause);
        try {
            writes.repeat(() -> store.write(StoreWrite.of(lost).build()));
        } catch (StoreException e) {
            retries.add(lost);
            throw e;
        }
    }

    private JournalEntry lost(Decided decided, String cause) {
        Optional<String> spent = AttemptEntry.spent(decided.decision());
        String note = spent.isEmpty() ? cause : cause + ", the use may be gone";
        return new JournalEntry(
                ids.next(),
                JournalEntry.Kind.UNLOCK,
                decided.snapshot().now(),
                decided.device().id(),
                Json.write(AttemptEntry.lost(decided.attempt(), spent, note)));
    }
}
