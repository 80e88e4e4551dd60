package io.panocrypt.crypto.exchange;

import io.panocrypt.crypto.ec.EcEngine;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import java.util.Optional;

/**
 * The client half of the McCallum-Relyea exchange; the server half is {@link ScalarMultiplier#multiply}.
 *
 * <p>Server: S = s*G. Provisioning draws c, keeps C = c*G and uses K = c*S. Recovery draws e, sends X = C + e*G,
 * receives Y = s*X and computes K = Y - e*S. The server never learns K, and X reveals nothing about C.
 *
 * <p>The scalars are used in secret-independent time, as far as the engine promises. Sums of points take variable time,
 * and on this side K is a secret. That is acceptable where nobody can measure the client, for example on a booting
 * host. Thread-safe.
 */
public final class McCallumRelyea {
    private final EcEngine engine;

    /**
     * The client half over an engine.
     *
     * @param engine draws the ephemeral keys and multiplies
     */
    public McCallumRelyea(EcEngine engine) {
        this.engine = engine;
    }

    /**
     * Binds to a server's exchange key; the secret scalar of the binding is wiped when this returns.
     *
     * @param serverKey S, from an advertisement that the caller trusts
     * @return C and K
     */
    public Provisioning provision(EcPoint serverKey) {
        try (EcKeyPair client = engine.generate(serverKey.curve());
                ScalarMultiplier multiplier = engine.multiplier(client)) {
            return new Provisioning(client.publicKey(), multiplier.multiply(serverKey));
        }
    }

    /**
     * Starts a recovery attempt with a new random blinding.
     *
     * @param clientPublic C of the provisioning
     * @return the attempt, which the caller closes
     */
    public Recovery blind(EcPoint clientPublic) {
        while (true) {
            EcKeyPair blinding = engine.generate(clientPublic.curve());
            Optional<EcPoint> request = clientPublic.add(blinding.publicKey());
            if (request.isPresent()) {
                return new Recovery(engine, blinding, request.get());
            }
            // e = -c: the sum is infinity. This never happens by chance, but a new draw is cheap.
            blinding.close();
        }
    }
}
