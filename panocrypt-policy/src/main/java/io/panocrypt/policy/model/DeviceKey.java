package io.panocrypt.policy.model;

import io.panocrypt.crypto.custody.CustodyKey;
import java.time.Instant;

/**
 * One generation of a device's keys: a signing key and an exchange key on one curve.
 *
 * @param generation counts from 1
 * @param hidden whether a later generation has replaced it in the advertisement; it still answers
 * @param signing the key that signs advertisements
 * @param exchange the key that recovers
 * @param created when it was made
 */
public record DeviceKey(int generation, boolean hidden, CustodyKey signing, CustodyKey exchange, Instant created) {
    /** The same generation, taken out of the advertisement. */
    public DeviceKey hide() {
        return new DeviceKey(generation, true, signing, exchange, created);
    }
}
