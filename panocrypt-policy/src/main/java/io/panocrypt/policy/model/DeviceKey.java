package io.panocrypt.policy.model;

import io.panocrypt.crypto.tang.PublicJwk;
import java.time.Instant;
import java.util.Optional;

/**
 * The public halves of one generation of a device's keys: a signing key and an exchange key on one curve.
 *
 * @param generation counts from 1
 * @param hidden whether a later generation has replaced it in the advertisement; it still answers
 * @param signing the key that signs advertisements
 * @param exchange the key that answers recovery requests
 * @param created when it was made
 * @param hiddenSince when it was removed from the advertisement; empty if it is advertised, or was removed by a release that
 *     did not record it
 * @param custody the name of the custody that holds the private halves
 */
public record DeviceKey(
        int generation,
        boolean hidden,
        PublicJwk signing,
        PublicJwk exchange,
        Instant created,
        Optional<Instant> hiddenSince,
        String custody) {
    /** The same generation, removed from the advertisement, if it was not before. */
    public DeviceKey hide(Instant now) {
        return hidden ? this : new DeviceKey(generation, true, signing, exchange, created, Optional.of(now), custody);
    }
}
