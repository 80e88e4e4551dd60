package io.panocrypt.policy.model;

import io.panocrypt.crypto.tang.PublicJwk;
import java.time.Instant;

/**
 * The public halves of one generation of a device's keys: a signing key and an exchange key on one curve.
 *
 * @param generation counts from 1
 * @param hidden whether a later generation has replaced it in the advertisement; it still answers
 * @param signing the key that signs advertisements
 * @param exchange the key that answers recovery requests
 * @param created when it was made
 */
public record DeviceKey(int generation, boolean hidden, PublicJwk signing, PublicJwk exchange, Instant created) {
    /** The same generation, removed from the advertisement. */
    public DeviceKey hide() {
        return new DeviceKey(generation, true, signing, exchange, created);
    }
}
