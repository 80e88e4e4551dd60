package io.panocrypt.crypto.ec;

/** A source of key pairs and of multipliers for them; safe for use by several threads. */
public interface EcEngine {
    /**
     * A fresh key pair.
     *
     * @param curve its curve
     * @return the pair, which the caller closes
     * @throws EcEngineException if the provider fails
     */
    EcKeyPair generate(Curve curve);

    /**
     * A multiplier by the pair's scalar; it keeps copies of its own, so the pair may be closed first.
     *
     * @param key a pair that is not closed
     * @return the multiplier, which the caller closes
     * @throws EcEngineException if the provider fails
     */
    ScalarMultiplier multiplier(EcKeyPair key);
}
