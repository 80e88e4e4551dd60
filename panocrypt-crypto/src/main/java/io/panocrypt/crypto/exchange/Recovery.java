package io.panocrypt.crypto.exchange;

import io.panocrypt.crypto.ec.EcEngine;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import java.security.GeneralSecurityException;

/** One blinded recovery attempt: a point to send, and the secret that unblinds the answer. Not reusable after close. */
public final class Recovery implements AutoCloseable {
    private final EcEngine engine;
    private final EcKeyPair blinding;
    private final EcPoint request;

    Recovery(EcEngine engine, EcKeyPair blinding, EcPoint request) {
        this.engine = engine;
        this.blinding = blinding;
        this.request = request;
    }

    /** X = C + e*G, the point to send. */
    public EcPoint request() {
        return request;
    }

    /**
     * Computes K = Y - e*S, the shared point of the provisioning, if the server answered with the right key.
     *
     * @param serverKey S
     * @param reply Y, the server's answer to {@link #request()}
     * @return K, a secret; a wrong answer gives a wrong K, which only authenticated decryption can detect
     * @throws GeneralSecurityException if no K can belong to the answer: another curve, or a difference at infinity
     */
    public EcPoint recover(EcPoint serverKey, EcPoint reply) throws GeneralSecurityException {
        if (serverKey.curve() != request.curve() || reply.curve() != request.curve()) {
            throw new GeneralSecurityException("server's key or answer is on another curve");
        }
        try (ScalarMultiplier multiplier = engine.multiplier(blinding)) {
            EcPoint mask = multiplier.multiply(serverKey);
            return reply.add(mask.negate())
                    .orElseThrow(() -> new GeneralSecurityException("server's answer leaves no point"));
        }
    }

    /** Wipes the blinding scalar. */
    @Override
    public void close() {
        blinding.close();
    }
}
