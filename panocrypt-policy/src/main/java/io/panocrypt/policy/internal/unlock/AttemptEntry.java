package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.admission.Refusal;
import io.panocrypt.policy.internal.admission.RefusalSummary;
import io.panocrypt.policy.internal.decision.Decision;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.RuleFinding;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.net.IpAddress;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The body of a journal entry of an attempt, beside its time and device. */
public record AttemptEntry(
        Optional<IpAddress> source,
        String kid,
        Outcome outcome,
        Reason reason,
        int count,
        Map<Gate, GateResult> gates,
        Optional<String> spent,
        String note,
        Optional<RuleFinding> rule) {
    /** An S512 thumbprint: 64 bytes in base64url. */
    private static final int MAX_KID = 86;

    static AttemptEntry of(UnlockAttempt attempt, Decision decision) {
        return new AttemptEntry(
                attempt.source(),
                truncated(attempt.kid()),
                decision.outcome(),
                decision.reason(),
                1,
                decision.gates(),
                spent(decision),
                "",
                decision.rule());
    }

    /** Refusals that share an entry. */
    static AttemptEntry of(RefusalSummary summary) {
        Refusal refusal = summary.refusal();
        return new AttemptEntry(
                refusal.source(),
                refusal.kid(),
                refusal.outcome(),
                refusal.reason(),
                summary.count(),
                refusal.gates(),
                Optional.empty(),
                summary.various() ? summary.count() + " more, from various sources" : "",
                refusal.rule());
    }

    /** The grants that an answer spends, as the history shows them. */
    static Optional<String> spent(Decision decision) {
        return Stream.concat(
                        decision.spends().map(Allowance::id).stream(),
                        decision
                                .collects()
                                .map(collection -> collection.request().id())
                                .stream())
                .reduce((allowance, request) -> allowance + "," + request);
    }

    /** An attempt that was allowed and whose answer did not leave. */
    static AttemptEntry lost(UnlockAttempt attempt, Optional<String> spent, String note) {
        return new AttemptEntry(
                attempt.source(),
                truncated(attempt.kid()),
                Outcome.DENIED,
                Reason.STORE_UNAVAILABLE,
                1,
                Map.of(),
                spent,
                note,
                Optional.empty());
    }

    /** The caller chooses the kid, so it must not fill the store with more than a thumbprint. */
    static String truncated(String kid) {
        return kid.length() <= MAX_KID ? kid : kid.substring(0, MAX_KID);
    }
}
