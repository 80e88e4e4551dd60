package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.admission.PendingAttempts;
import io.panocrypt.policy.internal.admission.PendingAttempts.Waited;
import io.panocrypt.policy.internal.admission.Refusal;
import io.panocrypt.policy.internal.admission.RefusalAggregator;
import io.panocrypt.policy.internal.decision.Decision;
import io.panocrypt.policy.internal.decision.Decision.RequestEffect;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.resilience.ResilientStore;
import io.panocrypt.policy.internal.resilience.RetryingWriter;
import io.panocrypt.policy.internal.unlock.Evaluation.Decided;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.RuleFinding;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Records every attempt in exactly one journal entry or one count: grants, new requests and first refusals are committed at
 * once; repeated refusals are only counted. Nothing else writes what attempts come to. Thread-safe.
 */
public final class AttemptLog {
    private final DecisionCommitter committer;
    private final RefusalAggregator refusals;
    private final PendingAttempts waiting = new PendingAttempts();
    private final Counts counts;

    public AttemptLog(
            ResilientStore store,
            RetryingWriter writes,
            IdGenerator ids,
            InstantSource clock,
            DecisionNotices notices) {
        JournalRetryQueue retries = new JournalRetryQueue(store);
        this.committer = new DecisionCommitter(store, writes, ids, notices, retries);
        this.refusals = new RefusalAggregator(clock);
        this.counts = new Counts(store, writes, ids, clock, refusals, waiting, retries);
    }

    /**
     * Commits the decision, or counts it if it is a refusal that was recorded before.
     *
     * @return false if it must be evaluated again; only then the attempt is not recorded
     * @throws StoreException if the store fails; the attempt is recorded, or will be by {@link #flush}
     */
    boolean commit(Decided decided) {
        if (decided.isAllowed()) {
            return commitAnswer(decided);
        }
        Refusal refusal = refusal(decided);
        RequestEffect effect = decided.decision().request();
        if (effect instanceof RequestEffect.Open) {
            refusals.restart(refusal);
            return commitRefusal(decided, refusal);
        }
        if (!refusals.countOrOpen(refusal)) {
            afterCounting(decided, effect);
            return true;
        }
        boolean committed = commitRefusal(decided, refusal);
        if (committed && effect instanceof RequestEffect.Wait wait) {
            countWaiting(decided, wait);
        }
        return committed;
    }

    private void afterCounting(Decided decided, RequestEffect effect) {
        if (effect instanceof RequestEffect.Wait wait) {
            countWaiting(decided, wait);
        } else if (effect instanceof RequestEffect.Refresh refresh) {
            refresh(decided, refresh.request());
        }
        relieve();
        committer.remind(decided);
    }

    private boolean commitAnswer(Decided decided) {
        try {
            boolean committed = write(decided);
            if (committed) {
                refusals.end(decided.device().id(), decided.attempt().source());
            }
            return committed;
        } catch (StoreRejectedException | StoreInputException e) {
            countUnanswered(decided.attempt(), decided.snapshot());
            throw e;
        }
    }

    /** Where the outcome is unknown the entry is in the retry queue, under the id that it may have been written with. */
    private boolean commitRefusal(Decided decided, Refusal refusal) {
        boolean written = false;
        try {
            written = write(decided);
            return written;
        } catch (StoreRejectedException | StoreInputException e) {
            refusals.count(refusal);
            throw e;
        } finally {
            if (!written) {
                refusals.missed(refusal);
            }
        }
    }

    /** Commits with what was counted of the request that the decision writes. */
    private boolean write(Decided decided) {
        Optional<Waited> waited = writtenRequest(decided.decision()).flatMap(request -> waiting.take(request.id()));
        return writeWith(waited, count -> committer.commit(decided, count));
    }

    private static Optional<ApprovalRequest> writtenRequest(Decision decision) {
        return decision.request() instanceof RequestEffect.Refresh refresh
                ? Optional.of(refresh.request())
                : decision.collects().map(Decision.Collection::request);
    }

    /** Writes what was counted, or counts it again if the store has written nothing. */
    private boolean writeWith(Optional<Waited> waited, LongPredicate write) {
        try {
            boolean written = write.test(waited.map(Waited::count).orElse(0L));
            if (!written) {
                waited.ifPresent(waiting::putBack);
            }
            return written;
        } catch (StoreRejectedException | StoreInputException e) {
            waited.ifPresent(waiting::putBack);
            throw e;
        }
    }

    private void countWaiting(Decided decided, RequestEffect.Wait wait) {
        ApprovalRequest request = wait.request();
        if (!waiting.count(request.id(), decided.snapshot().now())) {
            refresh(decided, request);
        }
    }

    private void refresh(Decided decided, ApprovalRequest request) {
        DecisionSnapshot snapshot = decided.snapshot();
        Optional<Waited> waited = waiting.take(request.id());
        if (!writeWith(waited, count -> committer.refresh(request.seen(snapshot.now(), count + 1)))) {
            // The attempt counts although the request was changed meanwhile; the next attempt refreshes it.
            waiting.count(request.id(), snapshot.now());
        }
    }

    /** Counts an attempt that admission control rejected. */
    void countLimited(Decided decided) {
        count(decided.attempt(), decided.snapshot(), Reason.RATE_LIMITED);
        relieve();
    }

    /** Counts an attempt that waits although its decision could not be committed. */
    void countPending(Decided decided) {
        refusals.count(refusal(decided));
        RequestEffect effect = decided.decision().request();
        if (effect instanceof RequestEffect.Wait wait) {
            waiting.count(wait.request().id(), decided.snapshot().now());
        } else if (effect instanceof RequestEffect.Refresh refresh) {
            waiting.count(refresh.request().id(), decided.snapshot().now());
        }
    }

    /** Counts an attempt that got no answer, and of which nothing was written. */
    void countUnanswered(UnlockAttempt attempt, DecisionSnapshot snapshot) {
        count(attempt, snapshot, Reason.STORE_UNAVAILABLE);
    }

    /** Adds to the history that no answer left although one was committed. */
    void recordLost(Decided committed, String cause) {
        committer.recordLost(committed, cause);
    }

    private void count(UnlockAttempt attempt, DecisionSnapshot snapshot, Reason reason) {
        refusals.count(refusal(attempt, snapshot, Outcome.DENIED, reason, Map.of(), Optional.empty()));
    }

    private static Refusal refusal(Decided decided) {
        Decision decision = decided.decision();
        return refusal(
                decided.attempt(),
                decided.snapshot(),
                decision.outcome(),
                decision.reason(),
                decision.gates(),
                decision.rule());
    }

    private static Refusal refusal(
            UnlockAttempt attempt,
            DecisionSnapshot snapshot,
            Outcome outcome,
            Reason reason,
            Map<Gate, GateResult> gates,
            Optional<RuleFinding> rule) {
        return new Refusal(
                snapshot.device().id(),
                attempt.source(),
                AttemptEntry.truncated(attempt.kid()),
                outcome,
                reason,
                gates,
                rule,
                snapshot.now());
    }

    private void relieve() {
        if (refusals.isCrowded()) {
            counts.flushUnlessFlushing();
        }
    }

    /** Refusals of all devices, or of one, that nodes have counted and that are not in the journal yet. */
    public Stream<JournalEntry> counted(@Nullable String deviceId) {
        return counts.counted(deviceId);
    }

    /**
     * Writes the counts that are due, and saves the others so that a crash loses no more than was counted since.
     *
     * @throws StoreException if the store fails; the next flush writes the rest
     */
    public void flush() {
        counts.flush();
    }

    /** Writes all counts, due or not; throws as {@link #flush} does. */
    public void flushAll() {
        counts.flushAll();
    }
}
