package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.decision.Decision;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.resilience.RetryingWriter;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyEdit.Change;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes decisions real, and says so in the history where one that was may have yielded no answer. Thread-safe. */
public final class DecisionCommitter {
    private static final System.Logger LOG = System.getLogger(DecisionCommitter.class.getName());

    private final DecisionStore store;
    private final RetryingWriter writes;
    private final IdGenerator ids;
    private final DecisionNotices announcer;
    private final JournalRetryQueue owed;

    public DecisionCommitter(
            DecisionStore store,
            RetryingWriter writes,
            IdGenerator ids,
            DecisionNotices announcer,
            JournalRetryQueue owed) {
        this.store = store;
        this.writes = writes;
        this.ids = ids;
        this.announcer = announcer;
        this.owed = owed;
    }

    /**
     * Commits the decision with its row, its spends and its changes.
     *
     * @param waited attempts that the request which it writes does not tell yet
     * @throws StoreRejectedException if nothing of it has happened, or will
     * @throws StoreInputException likewise, since the store refuses it
     * @throws StoreException if the outcome stays unknown, so that a use may be gone
     */
    CommitResult commit(EvaluatedAttempt judged, long waited) {
        String id = ids.next();
        Optional<ApprovalRequest> opened = opened(judged);
        DecisionNotices.Announcement announcement = announcer.of(judged, id, opened);
        DecisionCommit commit = of(judged, id, requestChanges(judged, opened, waited), announcement);
        try {
            CommitResult result = writes.repeat(() -> store.commit(commit));
            if (result == CommitResult.COMMITTED) {
                announcement.done().run();
            }
            return result;
        } catch (StoreRejectedException | StoreInputException e) {
            throw e;
        } catch (StoreException e) {
            if (judged.decision().outcome() == Outcome.ALLOWED) {
                reportUnknown(commit, judged, e);
            }
            throw e;
        }
    }

    /** Raises the alarm again about refusals that go on for hours and are only counted, without a row. */
    void remind(EvaluatedAttempt judged) {
        DecisionNotices.Announcement announcement = announcer.ofRefusal(judged);
        if (!announcement.outbox().isEmpty()) {
            store.enqueue(announcement.outbox());
            announcement.done().run();
        }
    }

    /** Writes a request that waits again, without a row: no decision stands behind it. */
    CommitResult refresh(ApprovalRequest seen) {
        return store.note(List.of(), List.of(new Change.Put(RecordMapper.open(next(seen)))));
    }

    private static DecisionCommit of(
            EvaluatedAttempt judged, String id, List<Change> changes, DecisionNotices.Announcement announcement) {
        JournalEntry entry = new JournalEntry(
                id,
                JournalEntry.Kind.UNLOCK,
                judged.snapshot().now(),
                judged.device().id(),
                Json.write(AttemptEntry.of(judged.attempt(), judged.decision())));
        return new DecisionCommit(
                entry,
                judged.device().id(),
                judged.device().version(),
                judged.snapshot().epoch(),
                spends(judged.decision()),
                Stream.concat(changes.stream(), announcement.changes().stream()).toList(),
                announcement.outbox());
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
    private static List<Change> requestChanges(EvaluatedAttempt judged, Optional<ApprovalRequest> opened, long waited) {
        Decision decision = judged.decision();
        Instant now = judged.snapshot().now();
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

    private Optional<ApprovalRequest> opened(EvaluatedAttempt judged) {
        return judged.decision().request() instanceof Decision.RequestEffect.Open open
                ? Optional.of(ApprovalRequest.open(
                        ids.next(),
                        judged.device().id(),
                        judged.attempt().source().orElseThrow(),
                        open.place(),
                        judged.snapshot().now(),
                        open.askedAgain(),
                        open.lastCollected(),
                        judged.device().volumes()))
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

    /** No answer leaves, and a use may be gone: said in the log, and in the history as soon as the store takes it. */
    private void reportUnknown(DecisionCommit commit, EvaluatedAttempt judged, StoreException fault) {
        LOG.log(
                System.Logger.Level.ERROR,
                "the outcome of commit {0} for device {1} stays unknown; the use may be gone: {2}",
                commit.entry().id(),
                commit.deviceId(),
                AttemptEntry.spent(judged.decision()).orElse("none was needed"));
        JournalEntry lost = lost(judged, "outcome of the commit unknown");
        try {
            store.append(lost);
        } catch (StoreException e) {
            fault.addSuppressed(e);
            owed.add(lost);
        }
    }

    /** Says in the history that no answer left although one was committed. */
    void reportLost(EvaluatedAttempt judged, String cause) {
        JournalEntry lost = lost(judged, cause);
        try {
            writes.repeat(() -> {
                store.append(lost);
                return lost;
            });
        } catch (StoreException e) {
            owed.add(lost);
            throw e;
        }
    }

    private JournalEntry lost(EvaluatedAttempt judged, String cause) {
        Optional<String> spent = AttemptEntry.spent(judged.decision());
        String note = spent.isEmpty() ? cause : cause + ", the use may be gone";
        return new JournalEntry(
                ids.next(),
                JournalEntry.Kind.UNLOCK,
                judged.snapshot().now(),
                judged.device().id(),
                Json.write(AttemptEntry.lost(judged.attempt(), spent, note)));
    }
}
