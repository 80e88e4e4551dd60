package io.panocrypt.policy.internal.unlock;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.policy.internal.decision.Attempt;
import io.panocrypt.policy.internal.decision.Decision;
import io.panocrypt.policy.internal.decision.DecisionMaker;
import io.panocrypt.policy.internal.policy.DeviceCache;
import io.panocrypt.policy.internal.policy.PolicyViewFactory;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.resilience.ConcurrencyLimiter;
import io.panocrypt.policy.internal.unlock.DecisionEvents.Watch;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceKey;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.event.DecisionEvent;
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreText;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * The corridor of one request: snapshot, decision, commit, and only then the multiplication.
 *
 * <p>Thread-safe. Every fault of the store or the custody refuses.
 */
public final class Unlocker {
    private static final System.Logger LOG = System.getLogger(Unlocker.class.getName());
    /** How often a decision is made again because policy changed while it was made. */
    public static final int ATTEMPTS = 3;

    private final DecisionStore store;
    private final DeviceCache devices = new DeviceCache();
    private final PolicyViewFactory views;
    private final DecisionCommitter commits;
    private final AttemptLog recorder;
    private final AdmissionControl admission;
    private final DeviceLocks turns;
    private final KeyCustody custody;
    private final DecisionEvents events;
    private final ConcurrencyLimiter entrance;

    public Unlocker(
            DecisionStore store,
            PolicyViewFactory views,
            DecisionCommitter commits,
            AttemptLog recorder,
            AdmissionControl admission,
            DeviceLocks turns,
            KeyCustody custody,
            DecisionEvents events,
            ConcurrencyLimiter entrance) {
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

    public UnlockResult unlock(UnlockAttempt attempt) {
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
            UnlockAttempt attempt, Watch watch, Function<EvaluatedAttempt, Optional<UnlockResult>> then) {
        Optional<DecisionSnapshot> found = store.snapshot(RecordMapper.tokenTerm(attempt.token()));
        if (found.isEmpty()) {
            watch.unknown();
            return Optional.of(new UnlockResult.NotFound());
        }
        DecisionSnapshot snapshot = found.get();
        Device device = devices.of(snapshot.device());
        Optional<EvaluatedAttempt.Exchange> exchange;
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
            return then.apply(new EvaluatedAttempt(attempt, snapshot, device, exchange, view, decision));
        });
    }

    /** @param last whether it would be the last time that this is decided again */
    private Optional<UnlockResult> makeReal(EvaluatedAttempt judged, Watch watch, boolean last) {
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

    private UnlockResult answer(EvaluatedAttempt judged, Watch watch) {
        EvaluatedAttempt.Exchange asked = judged.exchange().orElseThrow();
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

    private static Optional<EvaluatedAttempt.Exchange> exchange(Device device, UnlockAttempt attempt)
            throws InvalidPointException {
        Optional<DeviceKey> key = device.keys().stream()
                .filter(candidate -> candidate.exchange().publicKey().hasThumbprint(attempt.kid()))
                .findFirst();
        return key.isEmpty()
                ? Optional.empty()
                : Optional.of(new EvaluatedAttempt.Exchange(
                        key.get(), attempt.request().pointOn(EvaluatedAttempt.curve(key.get()))));
    }

    private static boolean isSigningKey(Device device, String kid) {
        return device.keys().stream().anyMatch(key -> key.signing().publicKey().hasThumbprint(kid));
    }
}
