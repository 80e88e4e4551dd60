package io.panocrypt.policy.internal.records;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.policy.model.DeviceKey;
import java.time.Instant;
import java.util.Optional;

/**
 * One generation of a device's keys, sealed by the custody: the private halves of a {@link DeviceKey}.
 *
 * @param custody the name of the custody
 */
public record SealedKeys(int generation, CustodyKey signing, CustodyKey exchange, String custody) {
    /** The name of the site's own custody. */
    public static final String SITE = "site";

    /** The keys as the operation returns them; other custodies than the site's have no master key. */
    SealedKeys rewrapped(String deviceId, Rewrapping operation) {
        if (!custody.equals(SITE)) {
            return this;
        }
        return new SealedKeys(
                generation,
                operation.apply(label(deviceId, signing), signing),
                operation.apply(label(deviceId, exchange), exchange),
                custody);
    }

    private KeyLabel label(String deviceId, CustodyKey key) {
        return new KeyLabel(
                deviceId,
                generation,
                key.publicKey().role(),
                key.publicKey().point().curve());
    }

    /** The public halves, as a generation that was created at that time. */
    public DeviceKey shown(Instant created, boolean hidden, Optional<Instant> hiddenSince) {
        return new DeviceKey(
                generation, hidden, signing.publicKey(), exchange.publicKey(), created, hiddenSince, custody);
    }
}
