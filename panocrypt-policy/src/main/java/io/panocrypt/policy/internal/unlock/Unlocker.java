package io.panocrypt.policy.internal.unlock;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.policy.internal.backup.FenceGate;
import io.panocrypt.policy.internal.custody.Custodies;
import io.panocrypt.policy.internal.decision.Attempt;
import io.panocrypt.policy.internal.decision.Decision;
import io.panocrypt.policy.internal.decision.DecisionMaker;
import io.panocrypt.policy.internal.decision.PolicyView;
import io.panocrypt.policy.internal.policy.PolicyViewFactory;
import io.panocrypt.policy.internal.records.ParseCache;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.SealedKeys;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.internal.resilience.ConcurrencyLimiter;
import io.panocrypt.policy.internal.resilience.RequestFaultLog;
import io.panocrypt.policy.internal.unlock.DecisionEvents.AttemptTimer;
import io.panocrypt.policy.internal.unlock.Evaluation.Decided;
import io.panocrypt.policy.internal.unlock.Evaluation.Exchange;
import io.panocrypt.policy.internal.unlock.Evaluation.Settled;
import io.panocrypt.policy.internal.unlock.Evaluation.Stale;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.event.DecisionEvent.Fault;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreText;
import java.time.Duration;
import java.util.Optional;

/**
 * The corridor of one attempt: validate the point, decide, commit durably, and only then multiply.
 *
 * <p>Nothing before the commit answers with a point, and nothing after it grants. Every fault of the store or the custody
 * refuses. Thread-safe.
 */
public final class Unlocker {
    private static final System.Logger LOG = System.getLogger(Unlocker.class.getName());
    /** How often an attempt is evaluated while policy keeps changing. */
    public static final int MAX_EVALUATIONS = 3;

    private final Store store;
    private final ParseCache<StoredDevice> devices = new ParseCache<>();
    private final FenceGate gate;
    private final PolicyViewFactory views;
    private final RuleGate rules;
    private final AttemptLog attempts;
    private final AdmissionControl admission = new AdmissionControl();
    private final DeviceLocks locks;
    private final Custodies custodies;
    private final DecisionEvents events;
    private final ConcurrencyLimiter limiter;
    private final RequestFaultLog faults;

    public Unlocker(
            Store store,
            FenceGate gate,
            PolicyViewFactory views,
            RuleGate rules,
            AttemptLog attempts,
            DeviceLocks locks,
            Custodies custodies,
            DecisionEvents events,
            ConcurrencyLimiter limiter,
            RequestFaultLog faults) {
        this.store = store;
        this.gate = gate;
        this.views = views;
        this.rules = rules;
        this.attempts = attempts;
        this.locks = locks;
        this.custodies = custodies;
        this.events = events;
        this.limiter = limiter;
        this.faults = faults;
    }

    public UnlockResult unlock(UnlockAttempt attempt) {
        AttemptTimer timer = events.start();
        if (!limiter.tryEnter()) {
            timer.failed(Fault.OVERLOAD, Optional.empty());
            return new UnlockResult.Unavailable();
        }
        try {
            if (gate.isShut()) {
                timer.failed(Fault.FENCED, Optional.empty());
                return new UnlockResult.Unavailable();
            }
            if (!StoreText.isStorable(attempt.token()) || !StoreText.isStorable(attempt.kid())) {
                // No device has such a token, and no key such a thumbprint.
                return settle(new UnlockResult.NotFound(), timer);
            }
            UnlockResult result = unlock(attempt, timer);
            faults.succeeded();
            return result;
        } catch (StoreException e) {
            faults.failed(e);
            timer.failed(Fault.STORE, Optional.empty());
            return new UnlockResult.Unavailable();
        } finally {
            limiter.leave();
        }
    }

    private UnlockResult unlock(UnlockAttempt attempt, AttemptTimer timer) {
        Optional<Stale> last = Optional.empty();
        for (int n = 1; n <= MAX_EVALUATIONS; n++) {
            Evaluation evaluation = evaluate(attempt, last.map(Stale::snapshot));
            if (n == 1 && evaluation instanceof Decided decided && admission.rejects(decided)) {
                return limit(decided, timer);
            }
            Evaluation ruled = withRules(evaluation);
            if (ruled instanceof Decided decided && lacksCustody(decided)) {
                return failWithoutCustody(decided, timer);
            }
            Evaluation committed = ruled instanceof Decided decided && decided.changesRequests()
                    ? commitLocked(decided)
                    : commit(ruled);
            if (committed instanceof Settled settled) {
                return settle(settled.result(), timer);
            }
            if (committed instanceof Decided decided) {
                return decided.isAllowed() ? multiply(decided, timer) : refuse(decided, timer);
            }
            if (committed instanceof Stale stale) {
                last = Optional.of(stale);
            }
        }
        return giveUp(attempt, last.orElseThrow(), timer);
    }

    /** @param earlier the snapshot of the evaluation before, so that the attempt is counted if the store fails now */
    private Evaluation evaluate(UnlockAttempt attempt, Optional<DecisionSnapshot> earlier) {
        Optional<DecisionSnapshot> snapshot = earlier;
        try {
            snapshot = store.snapshot(RecordMapper.tokenTerm(attempt.token()));
            return snapshot.isEmpty() ? new Settled(new UnlockResult.NotFound()) : evaluate(attempt, snapshot.get());
        } catch (StoreException e) {
            if (snapshot.isPresent()) {
                attempts.countUnanswered(attempt, snapshot.get());
            }
            throw e;
        }
    }

    private Evaluation evaluate(UnlockAttempt attempt, DecisionSnapshot snapshot) {
        StoredDevice stored = devices.of(
                snapshot.device().id(),
                snapshot.device().body(),
                body -> RecordMapper.read(snapshot.device(), StoredDevice.class));
        Device device = stored.device();
        Optional<Exchange> exchange;
        try {
            exchange = exchange(stored, attempt);
        } catch (InvalidPointException e) {
            return new Settled(new UnlockResult.InvalidPoint());
        }
        if (exchange.isEmpty() && isSigningKey(device, attempt.kid())) {
            return new Settled(new UnlockResult.NotAnExchangeKey());
        }
        Optional<PolicyView> view = views.of(snapshot, device);
        if (view.isEmpty()) {
            return new Stale(snapshot, Optional.empty());
        }
        Attempt asked = new Attempt(exchange.isPresent(), attempt.source());
        Decision decision = DecisionMaker.decide(view.get(), asked, snapshot.now());
        return new Decided(attempt, snapshot, device, exchange, view.get(), decision);
    }

    /**
     * Asks the rules too, if the attempt gets that far. They are asked at each evaluation, after its snapshot: no decision
     * commits an earlier answer.
     */
    private Evaluation withRules(Evaluation evaluation) {
        if (!(evaluation instanceof Decided decided)) {
            return evaluation;
        }
        DecisionSnapshot snapshot = decided.snapshot();
        try {
            return decided.with(rules.decide(decided.decision(), decided.view(), decided.asked(), snapshot.now()));
        } catch (StoreException e) {
            attempts.countUnanswered(decided.attempt(), snapshot);
            throw e;
        }
    }

    /** Evaluates again first: the previous holder of the lock has changed the requests that this was decided from. */
    private Evaluation commitLocked(Decided decided) {
        return locks.hold(
                decided.device().id(),
                () -> commit(withRules(evaluate(decided.attempt(), Optional.of(decided.snapshot())))));
    }

    /** @return the same if it is committed or decides nothing; stale if it conflicts with what others have committed */
    private Evaluation commit(Evaluation evaluation) {
        return evaluation instanceof Decided decided && !attempts.commit(decided) ? decided.inConflict() : evaluation;
    }

    /** Whether the attempt would be allowed, and this node cannot answer it. */
    private boolean lacksCustody(Decided decided) {
        return decided.isAllowed()
                && !custodies.has(decided.exchange().orElseThrow().keys().custody());
    }

    /** Before the commit, so that nothing is spent. */
    private UnlockResult failWithoutCustody(Decided decided, AttemptTimer timer) {
        attempts.countUnanswered(decided.attempt(), decided.snapshot());
        LOG.log(
                System.Logger.Level.ERROR,
                "the keys of device {0} are in custody {1}, which is not configured on this node",
                decided.device().id(),
                decided.exchange().orElseThrow().keys().custody());
        timer.failed(Fault.CUSTODY, Optional.of(decided.device().id()));
        return new UnlockResult.Unavailable();
    }

    private UnlockResult multiply(Decided committed, AttemptTimer timer) {
        Exchange exchange = committed.exchange().orElseThrow();
        Duration deciding = timer.elapsed();
        try {
            KeyCustody custody = custodies.get(exchange.keys().custody());
            UnlockResult result = new UnlockResult.Answered(custody.exchange(
                    exchange.label(committed.device()), exchange.keys().exchange(), exchange.point()));
            timer.answered(committed, deciding);
            return result;
        } catch (RuntimeException e) {
            // An embedder's custody may throw anything; the use is spent all the same, and the history must say so.
            String deviceId = committed.device().id();
            LOG.log(System.Logger.Level.ERROR, "custody failed for device " + deviceId + " after the commit", e);
            timer.failed(Fault.CUSTODY, Optional.of(deviceId));
            attempts.recordLost(committed, "custody failed");
            return new UnlockResult.Unavailable();
        }
    }

    private static UnlockResult refuse(Decided committed, AttemptTimer timer) {
        timer.refused(committed);
        if (committed.isPending()) {
            return new UnlockResult.Pending();
        }
        Reason reason = committed.decision().reason();
        return reason == Reason.UNKNOWN_KEY || reason == Reason.REVOKED
                ? new UnlockResult.NotFound()
                : new UnlockResult.Refused(reason);
    }

    private UnlockResult limit(Decided decided, AttemptTimer timer) {
        attempts.countLimited(decided);
        timer.limited(decided);
        return new UnlockResult.Limited();
    }

    private static UnlockResult settle(UnlockResult result, AttemptTimer timer) {
        if (result instanceof UnlockResult.NotFound) {
            timer.unknown();
        }
        return result;
    }

    /** After the last conflict nothing is granted; a host that waits for people keeps waiting. */
    private UnlockResult giveUp(UnlockAttempt attempt, Stale last, AttemptTimer timer) {
        Optional<Decided> pending = last.decided().filter(Decided::isPending);
        if (pending.isPresent()) {
            attempts.countPending(pending.get());
            return refuse(pending.get(), timer);
        }
        attempts.countUnanswered(attempt, last.snapshot());
        LOG.log(
                System.Logger.Level.WARNING,
                "policy kept changing during {0} evaluations of one attempt; it was not answered",
                MAX_EVALUATIONS);
        timer.failed(Fault.CONTENTION, Optional.empty());
        return new UnlockResult.Unavailable();
    }

    private static Optional<Exchange> exchange(StoredDevice device, UnlockAttempt attempt)
            throws InvalidPointException {
        Optional<SealedKeys> key = device.keys().stream()
                .filter(candidate -> candidate.exchange().publicKey().hasThumbprint(attempt.kid()))
                .findFirst();
        return key.isEmpty()
                ? Optional.empty()
                : Optional.of(new Exchange(key.get(), attempt.request().pointOn(Exchange.curve(key.get()))));
    }

    private static boolean isSigningKey(Device device, String kid) {
        return device.keys().stream().anyMatch(key -> key.signing().hasThumbprint(kid));
    }
}
