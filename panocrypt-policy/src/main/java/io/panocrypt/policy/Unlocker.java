package io.panocrypt.policy;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.policy.decision.Attempt;
import io.panocrypt.policy.decision.Decision;
import io.panocrypt.policy.decision.DecisionMaker;
import io.panocrypt.policy.decision.PolicyView;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceKey;
import io.panocrypt.policy.model.IpAddress;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.spi.CommitResult;
import io.panocrypt.policy.spi.DecisionCommit;
import io.panocrypt.policy.spi.DecisionSnapshot;
import io.panocrypt.policy.spi.DecisionStore;
import io.panocrypt.policy.spi.Grant;
import io.panocrypt.policy.spi.JournalEntry;
import io.panocrypt.policy.spi.PolicyEdit.Change;
import io.panocrypt.policy.spi.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The corridor of one request: snapshot, decision, commit, and only then the multiplication.
 *
 * <p>Thread-safe. Every fault of the store or the custody refuses.
 */
final class Unlocker {
    private static final System.Logger LOG = System.getLogger(Unlocker.class.getName());
    /** How often a decision is made again because policy changed while it was made. */
    static final int ATTEMPTS = 3;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);

    private final DecisionStore store;
    private final PolicyCache policy;
    private final KeyCustody custody;
    private final Ids ids;
    private final Duration patience;
    private final Duration pendingLife;

    /**
     * The corridor over a store.
     *
     * @param patience how long a commit whose outcome is unknown is repeated
     * @param pendingLife how long an approval request outlives its last attempt
     */
    Unlocker(
            DecisionStore store,
            PolicyCache policy,
            KeyCustody custody,
            Ids ids,
            Duration patience,
            Duration pendingLife) {
        this.store = store;
        this.policy = policy;
        this.custody = custody;
        this.ids = ids;
        this.patience = patience;
        this.pendingLife = pendingLife;
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
        Optional<DeviceKey> key = exchangeKey(device, attempt.kid());
        if (key.isEmpty() && isSigningKey(device, attempt.kid())) {
            return Optional.of(new UnlockResult.NotAnExchangeKey());
        }
        Optional<EcPoint> point;
        try {
            point = key.isEmpty()
                    ? Optional.empty()
                    : Optional.of(attempt.request().pointOn(curve(key.get())));
        } catch (InvalidPointException e) {
            return Optional.of(new UnlockResult.InvalidPoint());
        }
        return policy.at(snapshot.epoch())
                .map(shared -> view(snapshot, device, shared))
                .map(view -> DecisionMaker.decide(view, new Attempt(key.isPresent(), attempt.source()), snapshot.now()))
                .flatMap(decision -> makeReal(attempt, snapshot, device, key, point, decision));
    }

    PolicyView view(DecisionSnapshot snapshot, Device device, PolicyCache.Shared shared) {
        return new PolicyView(
                device,
                shared.listed(device),
                shared.lockdowns(),
                shared.denies(device),
                snapshot.grants().stream()
                        .filter(Records::isAllowance)
                        .map(Records::allowance)
                        .toList(),
                shared.approval(device),
                snapshot.requests().stream()
                        .map(found -> Records.read(found, ApprovalRequest.class))
                        .map(request -> new PolicyView.Request(request, usesLeft(request, snapshot)))
                        .toList(),
                pendingLife);
    }

    private static int usesLeft(ApprovalRequest request, DecisionSnapshot snapshot) {
        return snapshot.grants().stream()
                .filter(grant -> request.grantId().filter(grant.id()::equals).isPresent())
                .filter(grant -> grant.isValidAt(snapshot.now()))
                .mapToInt(Grant::usesLeft)
                .sum();
    }

    private Optional<UnlockResult> makeReal(
            UnlockAttempt attempt,
            DecisionSnapshot snapshot,
            Device device,
            Optional<DeviceKey> key,
            Optional<EcPoint> point,
            Decision decision) {
        JournalEntry entry = new JournalEntry(
                ids.next(),
                JournalEntry.Kind.UNLOCK,
                snapshot.now(),
                device.id(),
                Json.write(History.UnlockBody.of(attempt, decision)));
        DecisionCommit commit = new DecisionCommit(
                entry,
                device.id(),
                device.version(),
                snapshot.epoch(),
                spends(decision),
                requestChanges(attempt, device, decision, snapshot.now()),
                List.of());
        if (commit(commit, attempt, decision) == CommitResult.CONFLICT) {
            return Optional.empty();
        }
        if (decision.outcome() == Outcome.ALLOWED) {
            return Optional.of(answer(attempt, device, key.orElseThrow(), point.orElseThrow(), decision, entry));
        }
        if (decision.reason() == Reason.UNKNOWN_KEY || decision.reason() == Reason.REVOKED) {
            return Optional.of(new UnlockResult.NotFound());
        }
        return Optional.of(
                decision.outcome() == Outcome.PENDING
                        ? new UnlockResult.Pending()
                        : new UnlockResult.Refused(decision.reason()));
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
    private List<Change> requestChanges(UnlockAttempt attempt, Device device, Decision decision, Instant now) {
        if (decision.collects().isPresent()) {
            Decision.Collection collection = decision.collects().get();
            return List.of(replaced(collection.request().collect(now, collection.last())));
        }
        if (decision.request() instanceof Decision.RequestEffect.Refresh refresh) {
            return List.of(replaced(refresh.request().seen(now)));
        }
        if (decision.request() instanceof Decision.RequestEffect.Open open) {
            List<Change> changes = new ArrayList<>();
            open.over().forEach(old -> changes.add(new Change.Put(Records.closed(next(old)))));
            IpAddress source = attempt.source().orElseThrow();
            changes.add(new Change.Put(Records.open(ApprovalRequest.open(
                    ids.next(), device.id(), source, now, open.askedAgain(), open.lastCollected()))));
            return changes;
        }
        return List.of();
    }

    private static Change replaced(ApprovalRequest request) {
        return new Change.Put(Records.open(next(request)));
    }

    private static ApprovalRequest next(ApprovalRequest request) {
        return request.withVersion(request.version() + 1);
    }

    private CommitResult commit(DecisionCommit commit, UnlockAttempt attempt, Decision decision) {
        try {
            return repeating(() -> store.commit(commit));
        } catch (StoreException e) {
            if (decision.outcome() == Outcome.ALLOWED) {
                reportUnknown(commit, attempt, decision, e);
            }
            throw e;
        }
    }

    /** No answer leaves, and a use may be gone: said in the history if the store is back, and in the log in any case. */
    private void reportUnknown(DecisionCommit commit, UnlockAttempt attempt, Decision decision, StoreException fault) {
        LOG.log(
                System.Logger.Level.ERROR,
                "the outcome of commit {0} for device {1} stays unknown; the use may be gone: {2}",
                commit.entry().id(),
                commit.deviceId(),
                History.UnlockBody.spent(decision).orElse("none was needed"));
        try {
            store.append(lost(attempt, commit.entry(), decision, "outcome of the commit unknown"));
        } catch (StoreException e) {
            fault.addSuppressed(e);
        }
    }

    /** Repeats a write whose outcome is unknown; it carries its own id, so that it happens at most once. */
    private <T> T repeating(Supplier<T> write) {
        long deadline = System.nanoTime() + patience.toNanos();
        long pause = FIRST_PAUSE.toNanos();
        while (true) {
            try {
                return write.get();
            } catch (StoreException e) {
                long left = deadline - System.nanoTime();
                if (left <= 0 || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LOG.log(System.Logger.Level.WARNING, "outcome of a write unknown, repeating it");
                LockSupport.parkNanos(Math.min(pause, left));
                pause *= 2;
            }
        }
    }

    private UnlockResult answer(
            UnlockAttempt attempt, Device device, DeviceKey key, EcPoint point, Decision decision, JournalEntry entry) {
        try {
            KeyLabel label = new KeyLabel(device.id(), key.generation(), KeyRole.EXCHANGE, curve(key));
            return new UnlockResult.Answered(custody.exchange(label, key.exchange(), point));
        } catch (RuntimeException e) {
            // Not CustodyException alone: whatever an embedder's custody throws, the use is gone and history must say
            // so.
            LOG.log(System.Logger.Level.ERROR, "custody failed for device " + device.id() + " after the commit", e);
            JournalEntry lost = lost(attempt, entry, decision, "custody failed");
            repeating(() -> {
                store.append(lost);
                return lost;
            });
            return new UnlockResult.Unavailable();
        }
    }

    /** The row that says that no answer left although one was decided. */
    private JournalEntry lost(UnlockAttempt attempt, JournalEntry decided, Decision decision, String cause) {
        Optional<String> spent = History.UnlockBody.spent(decision);
        String note = spent.isEmpty() ? cause : cause + ", the use may be gone";
        return new JournalEntry(
                ids.next(),
                JournalEntry.Kind.UNLOCK,
                decided.time(),
                decided.deviceId(),
                Json.write(History.UnlockBody.lost(attempt, spent, note)));
    }

    private static Optional<DeviceKey> exchangeKey(Device device, String kid) {
        return device.keys().stream()
                .filter(key -> key.exchange().publicKey().hasThumbprint(kid))
                .findFirst();
    }

    private static boolean isSigningKey(Device device, String kid) {
        return device.keys().stream().anyMatch(key -> key.signing().publicKey().hasThumbprint(kid));
    }

    private static Curve curve(DeviceKey key) {
        return key.exchange().publicKey().point().curve();
    }
}
