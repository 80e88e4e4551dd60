package io.panocrypt.policy.internal;

import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.internal.passkey.Challenges;
import io.panocrypt.policy.internal.passkey.PasskeyDirectory;
import io.panocrypt.policy.internal.passkey.VoteProofs;
import io.panocrypt.policy.model.passkey.RelyingParty;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The part of a service that verifies what passkeys sign. */
public record PasskeyWing(
        Challenges challenges, PasskeyDirectory directory, VoteProofs proofs, Optional<RelyingParty> party) {

    /** @param party null if passkeys are not configured */
    public static PasskeyWing of(Foundation base, JournalWing journal, @Nullable RelyingParty party) {
        PublicJwk site = journal.checkpoints().key();
        PasskeyDirectory directory = new PasskeyDirectory(base.store(), site);
        return new PasskeyWing(
                new Challenges(base.store(), base.clock(), base.ids(), base.random()),
                directory,
                new VoteProofs(directory, site, Optional.ofNullable(party)),
                Optional.ofNullable(party));
    }
}
