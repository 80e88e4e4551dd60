package io.panocrypt.policy.model.passkey;

import java.time.Instant;
import java.util.Optional;

/**
 * A passkey of a member.
 *
 * @param id never changes
 * @param memberId whose it is
 * @param label the name that the member gave it
 * @param credentialId the credential's id, 1 to 1,023 bytes
 * @param publicKey the public key as a SubjectPublicKeyInfo in DER
 * @param algorithm the COSE number of the signature algorithm: -7 (ES256), -8 (EdDSA with Ed25519) or -257 (RS256)
 * @param aaguid the model of the authenticator as it claims, a UUID; all zeros if it does not tell
 * @param rpId the id of the relying party that it is for
 * @param created when it was registered
 * @param registeredBy the actor's id: the member's, or {@code host} for a one-time link
 * @param counter the authenticator's signature counter when it was last used; 0 from authenticators without one. Only noted
 * @param lastUsed when it last signed; empty if it never has
 * @param version counts changes from 1
 */
public record Passkey(
        String id,
        String memberId,
        String label,
        String credentialId,
        String publicKey,
        int algorithm,
        String aaguid,
        String rpId,
        Instant created,
        String registeredBy,
        long counter,
        Optional<Instant> lastUsed,
        long version) {

    /** The same passkey after it has signed, at the next version. */
    public Passkey used(Instant now, long seen) {
        return new Passkey(
                id,
                memberId,
                label,
                credentialId,
                publicKey,
                algorithm,
                aaguid,
                rpId,
                created,
                registeredBy,
                seen,
                Optional.of(now),
                version + 1);
    }
}
