package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.admission.PendingAttempts;
import io.panocrypt.policy.internal.admission.PendingAttempts.Waited;
import io.panocrypt.policy.internal.admission.Refusal;
import io.panocrypt.policy.internal.admission.RefusalAggregator;
import io.panocrypt.policy.internal.decision.Decision;
import io.panocrypt.policy.internal.decision.Decision.RequestEffect;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Writes down what was decided: at once what gives, what opens a request and what is new, and by counting what was written
 * before. Thread-safe.
 */
public final class AttemptLog {
    private final DecisionCommitter commits;
    private final Counts counts;
    private final RefusalAggregator folder;
    private final PendingAttempts waits;

    public AttemptLog(DecisionCommitter commits, Counts counts) {
        this.commits = commits;
        this.counts = counts;
        this.folder = counts.folder();
        this.waits = counts.waits();
    }

    /**
     * Makes the decision real.
     *
     * @return {@link CommitResult#CONFLICT} if it must be made again; nothing of it is real then
     * @throws StoreException if the store fails
     */
    CommitResult record(EvaluatedAttempt judged) {
        Decision decision = judged.decision();
        if (decision.outcome() == Outcome.ALLOWED) {
            CommitResult result = commit(judged);
            if (result == CommitResult.COMMITTED) {
                folder.end(judged.device().id(), judged.attempt().source());
            }
            return result;
        }
        Refusal refusal = refusal(judged, decision.outcome(), decision.reason(), decision.gates());
        if (decision.request() instanceof RequestEffect.Open) {
            folder.restart(refusal);
            return commitFirst(judged, refusal);
        }
        if (folder.isFirst(refusal)) {
            CommitResult result = commitFirst(judged, refusal);
            if (result == CommitResult.COMMITTED && decision.request() instanceof RequestEffect.Wait) {
                countWait(judged);
            }
            return result;
        }
        countWait(judged);
        relieve();
        commits.remind(judged);
        return CommitResult.COMMITTED;
    }

    /** Counts an attempt that was turned away before anything was made of it. */
    void turnedAway(EvaluatedAttempt judged) {
        folder.count(refusal(judged, Outcome.DENIED, Reason.RATE_LIMITED, Map.of()));
        relieve();
    }

    private static Refusal refusal(
            EvaluatedAttempt judged, Outcome outcome, Reason reason, Map<Gate, GateResult> gates) {
        return new Refusal(
                judged.device().id(),
                judged.attempt().source(),
                AttemptEntry.kept(judged.attempt().kid()),
                outcome,
                reason,
                gates,
                judged.snapshot().now());
    }

    private CommitResult commitFirst(EvaluatedAttempt judged, Refusal refusal) {
        boolean written = false;
        try {
            CommitResult result = commit(judged);
            written = result == CommitResult.COMMITTED;
            return result;
        } finally {
            if (!written) {
                folder.missed(refusal);
            }
        }
    }

    /** Commits with what was counted of the request that the decision writes. */
    private CommitResult commit(EvaluatedAttempt judged) {
        Optional<Waited> waited = written(judged.decision()).flatMap(request -> waits.take(request.id()));
        return writing(waited, more -> commits.commit(judged, more));
    }

    /** Writes what was counted, or counts it again where nothing has happened. */
    private CommitResult writing(Optional<Waited> waited, LongFunction<CommitResult> write) {
        try {
            CommitResult result = write.apply(waited.map(Waited::count).orElse(0L));
            if (result == CommitResult.CONFLICT) {
                waited.ifPresent(waits::putBack);
            }
            return result;
        } catch (StoreRejectedException | StoreInputException e) {
            waited.ifPresent(waits::putBack);
            throw e;
        }
    }

    private static Optional<ApprovalRequest> written(Decision decision) {
        return decision.request() instanceof RequestEffect.Refresh refresh
                ? Optional.of(refresh.request())
                : decision.collects().map(Decision.Collection::request);
    }

    /** Counts the attempt as one of the request that waits, and refreshes that when it is time. */
    private void countWait(EvaluatedAttempt judged) {
        RequestEffect effect = judged.decision().request();
        if (effect instanceof RequestEffect.Wait wait) {
            if (!waits.count(wait.request().id(), judged.snapshot().now())) {
                refresh(judged, wait.request());
            }
        } else if (effect instanceof RequestEffect.Refresh refresh) {
            refresh(judged, refresh.request());
        }
    }

    private void refresh(EvaluatedAttempt judged, ApprovalRequest request) {
        Optional<Waited> waited = waits.take(request.id());
        Instant now = judged.snapshot().now();
        if (writing(waited, more -> commits.refresh(request.seen(now, more + 1))) == CommitResult.CONFLICT) {
            // Somebody else has changed the request: the attempt has waited all the same, and the next one refreshes.
            waits.count(request.id(), now);
        }
    }

    private void relieve() {
        if (folder.isCrowded()) {
            counts.flushUnlessFlushed();
        }
    }
}
