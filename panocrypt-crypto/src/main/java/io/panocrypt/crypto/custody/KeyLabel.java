package io.panocrypt.crypto.custody;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.KeyRole;

/**
 * What a private key belongs to; a key in custody can be used only under the label that it was made for.
 *
 * @param owner the owner's id, not empty; it never changes
 * @param generation the number of the owner's key generation, from 0
 * @param role what the key is for
 * @param curve the key's curve
 */
public record KeyLabel(String owner, int generation, KeyRole role, Curve curve) {
    /** Checks the components. */
    public KeyLabel {
        if (owner.isEmpty() || generation < 0) {
            throw new IllegalArgumentException("a key label needs an owner and a generation from 0");
        }
    }
}
