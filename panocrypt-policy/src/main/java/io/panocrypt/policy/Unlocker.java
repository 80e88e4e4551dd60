package io.panocrypt.policy;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.policy.DecisionEvents.Watch;
import io.panocrypt.policy.decision.Attempt;
import io.panocrypt.policy.decision.Decision;
import io.panocrypt.policy.decision.DecisionMaker;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceKey;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.spi.CommitResult;
import io.panocrypt.policy.spi.DecisionEvent;
import io.panocrypt.policy.spi.DecisionSnapshot;
import io.panocrypt.policy.spi.DecisionStore;
import io.panocrypt.policy.spi.StoreException;
import io.panocrypt.policy.spi.StoreText;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

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
    private final ReadDevices devices = new ReadDevices();
    private final PolicyViews views;
    private final Commits commits;
    private final Recorder recorder;
    private final Admission admission;
    private final Turns turns;
    private final KeyCustody custody;
    private final DecisionEvents events;
    private final Entrance entrance;

    Unlocker(
            DecisionStore store,
            PolicyViews views,
            Commits commits,
            Recorder recorder,
            Admission admission,
            Turns turns,
            KeyCustody custody,
            DecisionEvents events,
            Entrance entrance) {
        this.store = store;
        this.views = views;
        this.commits = commits;
        this.recorder = recorder;
        this.admission = admission;
        this.turns = turns;
        this.custody = custody;
        this.events = events;
        this.entrance = entrance;
    }

    UnlockResult unlock(UnlockAttempt attempt) {
        Watch watch = events.watch();
        if (!entrance.tryEnter()) {
            watch.failed(DecisionEvent.Fault.OVERLOAD, Optional.empty());
            return new UnlockResult.Unavailable();
        }
        try {
            return unlock(attempt, watch);
        } finally {
            entrance.leave();
        }
    }

    private UnlockResult unlock(UnlockAttempt attempt, Watch watch) {
        if (!StoreText.isStorable(attempt.token()) || !StoreText.isStorable(attempt.kid())) {
            // No device has such a token, and no key such a thumbprint.
            admission.countUnknownToken();
            watch.unknown();
            return new UnlockResult.NotFound();
        }
        try {
            for (int left = ATTEMPTS; left > 0; left--) {
                Optional<UnlockResult> result = judge(attempt, watch, left == ATTEMPTS, left == 1);
                if (result.isPresent()) {
                    entrance.succeeded();
                    return result.get();
                }
            }
            LOG.log(System.Logger.Level.WARNING, "policy kept changing while a decision was made");
            watch.failed(DecisionEvent.Fault.CONTENTION, Optional.empty());
        } catch (StoreException e) {
            entrance.failed(e);
            watch.failed(DecisionEvent.Fault.STORE, Optional.empty());
        }
        return new UnlockResult.Unavailable();
    }

    /** @return empty if policy changed in between */
    private Optional<UnlockResult> judge(UnlockAttempt attempt, Watch watch, boolean first, boolean last) {
        return judge(attempt, watch, judged -> {
            if (first && admission.turnsAway(judged)) {
                recorder.turnedAway(judged);
                watch.limited(judged);
                return Optional.of(new UnlockResult.Limited());
            }
            if (!judged.decision().changesRequests()) {
                return makeReal(judged, watch, last);
            }
            // Decided again: whoever had the turn before has changed what this was decided from.
            return turns.take(
                    judged.device().id(), () -> judge(attempt, watch, inTurn -> makeReal(inTurn, watch, last)));
        });
    }

    private Optional<UnlockResult> judge(
            UnlockAttempt attempt, Watch watch, Function<Judgement, Optional<UnlockResult>> then) {
        Optional<DecisionSnapshot> found = store.snapshot(Records.tokenTerm(attempt.token()));
        if (found.isEmpty()) {
            admission.countUnknownToken();
            watch.unknown();
            return Optional.of(new UnlockResult.NotFound());
        }
        DecisionSnapshot snapshot = found.get();
        Device device = devices.of(snapshot.device());
        Optional<Judgement.Exchange> exchange;
        try {
            exchange = exchange(device, attempt);
        } catch (InvalidPointException e) {
            return Optional.of(new UnlockResult.InvalidPoint());
        }
        if (exchange.isEmpty() && isSigningKey(device, attempt.kid())) {
            return Optional.of(new UnlockResult.NotAnExchangeKey());
        }
        return views.of(snapshot, device).flatMap(view -> {
            Attempt asked = new Attempt(exchange.isPresent(), attempt.source());
            Decision decision = DecisionMaker.decide(view, asked, snapshot.now());
            return then.apply(new Judgement(attempt, snapshot, device, exchange, view, decision));
        });
    }

    /** @param last whether it would be the last time that this is decided again */
    private Optional<UnlockResult> makeReal(Judgement judged, Watch watch, boolean last) {
        Outcome outcome = judged.decision().outcome();
        boolean conflict = recorder.record(judged) == CommitResult.CONFLICT;
        // Others were faster with the requests again and again: it waits all the same, and nothing is given.
        if (conflict && !(last && outcome == Outcome.PENDING)) {
            return Optional.empty();
        }
        if (outcome == Outcome.ALLOWED) {
            return Optional.of(answer(judged, watch));
        }
        watch.refused(judged);
        return Optional.of(refusal(judged.decision()));
    }

    private static UnlockResult refusal(Decision decision) {
        if (decision.reason() == Reason.UNKNOWN_KEY || decision.reason() == Reason.REVOKED) {
            return new UnlockResult.NotFound();
        }
        return decision.outcome() == Outcome.PENDING
                ? new UnlockResult.Pending()
                : new UnlockResult.Refused(decision.reason());
    }

    private UnlockResult answer(Judgement judged, Watch watch) {
        Judgement.Exchange asked = judged.exchange().orElseThrow();
        Duration deciding = watch.elapsed();
        try {
            UnlockResult answered = new UnlockResult.Answered(
                    custody.exchange(asked.label(judged.device()), asked.key().exchange(), asked.point()));
            watch.answered(judged, deciding);
            return answered;
        } catch (RuntimeException e) {
            // Not CustodyException alone: whatever an embedder's custody throws, the use is gone and history must say
            // so.
            LOG.log(
                    System.Logger.Level.ERROR,
                    "custody failed for device " + judged.device().id() + " after the commit",
                    e);
            watch.failed(
                    DecisionEvent.Fault.CUSTODY, Optional.of(judged.device().id()));
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
