package io.panocrypt.policy;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.policy.decision.Attempt;
import io.panocrypt.policy.decision.Decision;
import io.panocrypt.policy.decision.DecisionMaker;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceKey;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.spi.CommitResult;
import io.panocrypt.policy.spi.DecisionSnapshot;
import io.panocrypt.policy.spi.DecisionStore;
import io.panocrypt.policy.spi.StoreException;
import java.util.Optional;

/**
 * The corridor of one request: snapshot, decision, commit, and only then the multiplication.
 *
 * <p>Thread-safe. Every fault of the store or the custody refuses.
 */
final class Unlocker {
    private static final System.Logger LOG = System.getLogger(Unlocker.class.getName());
    /** How often a decision is made again because policy changed while it was made. */
    static final int ATTEMPTS = 3;

    private final DecisionStore store;
    private final PolicyViews views;
    private final Commits commits;
    private final KeyCustody custody;

    Unlocker(DecisionStore store, PolicyViews views, Commits commits, KeyCustody custody) {
        this.store = store;
        this.views = views;
        this.commits = commits;
        this.custody = custody;
    }

    UnlockResult unlock(UnlockAttempt attempt) {
        try {
            for (int i = 0; i < ATTEMPTS; i++) {
                Optional<UnlockResult> result = tryOnce(attempt);
                if (result.isPresent()) {
                    return result.get();
                }
            }
            LOG.log(System.Logger.Level.WARNING, "policy kept changing while a decision was made");
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.ERROR, "the store failed, so that nothing is granted", e);
        }
        return new UnlockResult.Unavailable();
    }

    /** @return empty if policy changed in between */
    private Optional<UnlockResult> tryOnce(UnlockAttempt attempt) {
        Optional<DecisionSnapshot> found = store.snapshot(Records.tokenTerm(attempt.token()));
        if (found.isEmpty()) {
            return Optional.of(new UnlockResult.NotFound());
        }
        DecisionSnapshot snapshot = found.get();
        Device device = Records.read(snapshot.device(), Device.class);
        Optional<Judgement.Exchange> exchange;
        try {
            exchange = exchange(device, attempt);
        } catch (InvalidPointException e) {
            return Optional.of(new UnlockResult.InvalidPoint());
        }
        if (exchange.isEmpty() && isSigningKey(device, attempt.kid())) {
            return Optional.of(new UnlockResult.NotAnExchangeKey());
        }
        return views.of(snapshot, device)
                .map(view ->
                        DecisionMaker.decide(view, new Attempt(exchange.isPresent(), attempt.source()), snapshot.now()))
                .flatMap(decision -> makeReal(new Judgement(attempt, snapshot, device, exchange, decision)));
    }

    private Optional<UnlockResult> makeReal(Judgement judged) {
        if (commits.commit(judged) == CommitResult.CONFLICT) {
            return Optional.empty();
        }
        return Optional.of(
                judged.decision().outcome() == Outcome.ALLOWED ? answer(judged) : refusal(judged.decision()));
    }

    private static UnlockResult refusal(Decision decision) {
        if (decision.reason() == Reason.UNKNOWN_KEY || decision.reason() == Reason.REVOKED) {
            return new UnlockResult.NotFound();
        }
        return decision.outcome() == Outcome.PENDING
                ? new UnlockResult.Pending()
                : new UnlockResult.Refused(decision.reason());
    }

    private UnlockResult answer(Judgement judged) {
        Judgement.Exchange asked = judged.exchange().orElseThrow();
        try {
            return new UnlockResult.Answered(
                    custody.exchange(asked.label(judged.device()), asked.key().exchange(), asked.point()));
        } catch (RuntimeException e) {
            // Not CustodyException alone: whatever an embedder's custody throws, the use is gone and history must say
            // so.
            LOG.log(
                    System.Logger.Level.ERROR,
                    "custody failed for device " + judged.device().id() + " after the commit",
                    e);
            commits.reportLost(judged, "custody failed");
            return new UnlockResult.Unavailable();
        }
    }

    private static Optional<Judgement.Exchange> exchange(Device device, UnlockAttempt attempt)
            throws InvalidPointException {
        Optional<DeviceKey> key = device.keys().stream()
                .filter(candidate -> candidate.exchange().publicKey().hasThumbprint(attempt.kid()))
                .findFirst();
        return key.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Judgement.Exchange(key.get(), attempt.request().pointOn(Judgement.curve(key.get()))));
    }

    private static boolean isSigningKey(Device device, String kid) {
        return device.keys().stream().anyMatch(key -> key.signing().publicKey().hasThumbprint(kid));
    }
}
