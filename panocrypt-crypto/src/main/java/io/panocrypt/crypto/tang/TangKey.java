package io.panocrypt.crypto.tang;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcEngine;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import io.panocrypt.crypto.internal.Base64Url;
import io.panocrypt.crypto.internal.JwkPoint;
import io.panocrypt.crypto.internal.StrictJson;
import java.security.InvalidKeyException;
import java.util.Arrays;

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
        JsonNode jwk = StrictJson.parse(file).orElseThrow(() -> new InvalidKeyException("not one JSON value"));
        PublicJwk publicKey = PublicJwk.asWritten(jwk);
        if (publicKey.role() == KeyRole.SIGNING
                && jwk.has("key_ops")
                && !(StrictJson.lists(jwk, "key_ops", "sign") && StrictJson.lists(jwk, "key_ops", "verify"))) {
            throw new InvalidKeyException("a signing key must allow both sign and verify");
        }
        String d = StrictJson.text(jwk, "d");
        if (d == null) {
            throw new InvalidKeyException("no private half");
        }
        byte[] written = Base64Url.decode(d).orElseThrow(() -> new InvalidKeyException("d is not base64url"));
        byte[] scalar = JwkPoint.resize(written, publicKey.point().curve().fieldBytes());
        try {
            EcKeyPair pair = EcKeyPair.of(publicKey.point().curve(), scalar, publicKey.point());
            if (!pair.isConsistent()) {
                pair.close();
                throw new InvalidKeyException("private and public half do not belong together");
            }
            return new TangKey(publicKey, pair, engine.multiplier(pair));
        } catch (IllegalArgumentException e) {
            throw new InvalidKeyException("d is not a scalar of this curve", e);
        } finally {
            Arrays.fill(written, (byte) 0);
            Arrays.fill(scalar, (byte) 0);
        }
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
