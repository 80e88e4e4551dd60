package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.admission.Refusal;
import io.panocrypt.policy.internal.admission.RefusalSummary;
import io.panocrypt.policy.internal.decision.Decision;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.net.IpAddress;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What is stored of an attempt beside its time and device. */
public record AttemptEntry(
        Optional<IpAddress> source,
        String kid,
        Outcome outcome,
        Reason reason,
        int count,
        Map<Gate, GateResult> gates,
        Optional<String> spent,
        String note) {
    /** An S512 thumbprint: 64 bytes in base64url. */
    private static final int MAX_KID = 86;

    static AttemptEntry of(UnlockAttempt attempt, Decision decision) {
        return new AttemptEntry(
                attempt.source(),
                kept(attempt.kid()),
                decision.outcome(),
                decision.reason(),
                1,
                decision.gates(),
                spent(decision),
                "");
    }

    /** Refusals that share a row. */
    static AttemptEntry of(RefusalSummary folded) {
        Refusal refusal = folded.refusal();
        return new AttemptEntry(
                refusal.source(),
                refusal.kid(),
                refusal.outcome(),
                refusal.reason(),
                folded.count(),
                refusal.gates(),
                Optional.empty(),
                folded.various() ? folded.count() + " more, from various sources" : "");
    }

    /** What an answer costs, as the history tells it. */
    static Optional<String> spent(Decision decision) {
        return Stream.concat(
                        decision.spends().map(Allowance::id).stream(),
                        decision
                                .collects()
                                .map(collection -> collection.request().id())
                                .stream())
                .reduce((allowance, request) -> allowance + "," + request);
    }

    /** An attempt whose answer did not leave although it was decided. */
    static AttemptEntry lost(UnlockAttempt attempt, Optional<String> spent, String note) {
        return new AttemptEntry(
                attempt.source(),
                kept(attempt.kid()),
                Outcome.DENIED,
                Reason.STORE_UNAVAILABLE,
                1,
                Map.of(),
                spent,
                note);
    }

    /** The caller chooses the kid; what is longer than any thumbprint must not fill the store. */
    static String kept(String kid) {
        return kid.length() <= MAX_KID ? kid : kid.substring(0, MAX_KID);
    }
}
