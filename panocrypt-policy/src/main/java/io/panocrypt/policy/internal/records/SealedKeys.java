package io.panocrypt.policy.internal.records;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.policy.model.DeviceKey;
import java.time.Instant;

/** One generation of a device's keys, sealed by the custody: the private halves of a {@link DeviceKey}. */
public record SealedKeys(int generation, CustodyKey signing, CustodyKey exchange) {
    /** The public halves, as a generation that was created at that time and is not hidden. */
    public DeviceKey shown(Instant created) {
        return new DeviceKey(generation, false, signing.publicKey(), exchange.publicKey(), created);
    }
}
