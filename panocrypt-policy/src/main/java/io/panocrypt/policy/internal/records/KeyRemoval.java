package io.panocrypt.policy.internal.records;

import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.tang.KeyRole;

/**
 * A note that a generation of keys, which its device no longer has, is still to be destroyed in its custody.
 *
 * @param id the note's own
 */
public record KeyRemoval(String id, String deviceId, SealedKeys keys) {
    /** The label of the generation's key with that role. */
    public KeyLabel label(KeyRole role) {
        return new KeyLabel(
                deviceId,
                keys.generation(),
                role,
                keys.exchange().publicKey().point().curve());
    }
}
