package io.panocrypt.crypto.tang;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcEngine;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import java.security.InvalidKeyException;

/** A private key of a Tang key directory, visible or hidden; immutable and thread-safe. */
public final class TangKey {
    private final PublicJwk publicKey;
    private final EcKeyPair pair;
    private final ScalarMultiplier multiplier;

    private TangKey(PublicJwk publicKey, EcKeyPair pair, ScalarMultiplier multiplier) {
        this.publicKey = publicKey;
        this.pair = pair;
        this.multiplier = multiplier;
    }

    /** Parses a key file and checks that the private and the public half belong together. */
    static TangKey parse(byte[] file, EcEngine engine) throws InvalidKeyException {
        PrivateJwk key = PrivateJwk.parse(file);
        return new TangKey(key.publicKey(), key.pair(), engine.multiplier(key.pair()));
    }

    /** The public half. */
    public PublicJwk publicKey() {
        return publicKey;
    }

    /** What the key is for. */
    public KeyRole role() {
        return publicKey.role();
    }

    /** The key's curve. */
    public Curve curve() {
        return publicKey.point().curve();
    }

    /**
     * The server half of one recovery: the private key times the point.
     *
     * @param point a point on {@link #curve()}
     * @return the product
     * @throws IllegalStateException if this is not an exchange key
     * @throws IllegalArgumentException if the point is on another curve
     * @throws io.panocrypt.crypto.ec.EcEngineException if the engine fails
     */
    public EcPoint exchange(EcPoint point) {
        if (role() != KeyRole.EXCHANGE) {
            throw new IllegalStateException("a signing key cannot answer recovery requests");
        }
        return multiplier.multiply(point);
    }

    EcKeyPair pair() {
        return pair;
    }
}
