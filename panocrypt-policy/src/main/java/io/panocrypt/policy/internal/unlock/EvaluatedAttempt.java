package io.panocrypt.policy.internal.unlock;

import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.policy.internal.decision.Decision;
import io.panocrypt.policy.internal.decision.PolicyView;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceKey;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import java.util.Optional;

/**
 * One attempt, the snapshot that it met, and what was decided from that; nothing of it is real before it is committed.
 *
 * @param exchange what is asked for; empty for a key that the device does not have
 * @param view what was decided from
 */
record EvaluatedAttempt(
        UnlockAttempt attempt,
        DecisionSnapshot snapshot,
        Device device,
        Optional<Exchange> exchange,
        PolicyView view,
        Decision decision) {

    /** A key of the device, and a point on that key's curve. */
    record Exchange(DeviceKey key, EcPoint point) {
        KeyLabel label(Device device) {
            return new KeyLabel(device.id(), key.generation(), KeyRole.EXCHANGE, curve(key));
        }
    }

    static Curve curve(DeviceKey key) {
        return key.exchange().publicKey().point().curve();
    }
}
