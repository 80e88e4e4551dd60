package io.panocrypt.policy.internal.unlock;

import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.policy.internal.decision.Attempt;
import io.panocrypt.policy.internal.decision.Decision;
import io.panocrypt.policy.internal.decision.PolicyView;
import io.panocrypt.policy.internal.records.SealedKeys;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import java.util.Optional;

/** What one attempt comes to before anything is written. */
sealed interface Evaluation {

    /** Policy is not asked, since the request names nothing that could be unlocked; nothing is written. */
    record Settled(UnlockResult result) implements Evaluation {}

    /**
     * Policy, or what the decision would have changed, is no longer as the snapshot says: evaluate again.
     *
     * @param decided what was decided, if policy could be read, and could not be committed
     */
    record Stale(DecisionSnapshot snapshot, Optional<Decided> decided) implements Evaluation {}

    /**
     * A decision, which has no effect before {@link AttemptLog#commit} has committed it.
     *
     * @param exchange key and point of the request; empty if the device does not have the key
     * @param view the policy that was read
     */
    record Decided(
            UnlockAttempt attempt,
            DecisionSnapshot snapshot,
            Device device,
            Optional<Exchange> exchange,
            PolicyView view,
            Decision decision)
            implements Evaluation {
        Decided with(Decision other) {
            return new Decided(attempt, snapshot, device, exchange, view, other);
        }

        /** The attempt as the decision reads it. */
        Attempt asked() {
            return new Attempt(exchange.isPresent(), attempt.source());
        }

        Stale inConflict() {
            return new Stale(snapshot, Optional.of(this));
        }

        boolean changesRequests() {
            return decision.changesRequests();
        }

        boolean isAllowed() {
            return decision.outcome() == Outcome.ALLOWED;
        }

        boolean isPending() {
            return decision.outcome() == Outcome.PENDING;
        }
    }

    /** A generation of the device's keys, and a point on the curve of its exchange key. */
    record Exchange(SealedKeys keys, EcPoint point) {
        static Curve curve(SealedKeys keys) {
            return keys.exchange().publicKey().point().curve();
        }

        KeyLabel label(Device device) {
            return new KeyLabel(device.id(), keys.generation(), KeyRole.EXCHANGE, curve(keys));
        }
    }
}
