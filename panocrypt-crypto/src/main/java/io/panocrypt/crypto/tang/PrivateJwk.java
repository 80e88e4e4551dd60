package io.panocrypt.crypto.tang;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.internal.Base64Url;
import io.panocrypt.crypto.internal.JwkPoint;
import io.panocrypt.crypto.internal.StrictJson;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.util.Arrays;

/**
 * A Tang key with its private half, as a file of a Tang key directory holds it; {@link #close()} wipes it. Thread-safe.
 */
public final class PrivateJwk implements AutoCloseable {
    private final PublicJwk publicKey;
    private final EcKeyPair pair;

    private PrivateJwk(PublicJwk publicKey, EcKeyPair pair) {
        this.publicKey = publicKey;
        this.pair = pair;
    }

    /** The key of a pair; closing it closes the pair. */
    static PrivateJwk of(PublicJwk publicKey, EcKeyPair pair) {
        return new PrivateJwk(publicKey, pair);
    }

    /**
     * Parses a key and checks that the private and the public half belong together. The coordinates keep their written
     * form, as with {@link PublicJwk#parseAsWritten}, and unknown members are ignored.
     *
     * @param json one JSON object, in UTF-8; stays the caller's, who wipes it. The text of its members is on the heap until it is
     *     collected
     * @return the key, which the caller closes
     * @throws InvalidKeyException if the text is not a private EC key with one role; its message is a phrase that quotes
     *     nothing
     */
    public static PrivateJwk parse(byte[] json) throws InvalidKeyException {
        JsonNode jwk = StrictJson.parse(json).orElseThrow(() -> new InvalidKeyException("not one JSON value"));
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
            return new PrivateJwk(publicKey, pair);
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

    /** The scalar and its point; closing it closes this key. */
    public EcKeyPair pair() {
        return pair;
    }

    /** Compact JSON with sorted members and a line feed at its end, as Tang's tools write a key file. The caller wipes it. */
    public byte[] toJson() {
        byte[] scalar = pair.copyScalar();
        try {
            String operations = role() == KeyRole.EXCHANGE ? "\"deriveKey\"" : "\"sign\",\"verify\"";
            String json = "{\"alg\":\"" + publicKey.algorithm() + "\",\"crv\":\"" + curve().crv() + "\",\"d\":\""
                    + Base64Url.encode(scalar) + "\",\"key_ops\":[" + operations + "],\"kty\":\"EC\","
                    + publicKey.coordinates(",", ":") + "}\n";
            return json.getBytes(StandardCharsets.US_ASCII);
        } finally {
            Arrays.fill(scalar, (byte) 0);
        }
    }

    /** The key without its private half. */
    @Override
    public String toString() {
        return "PrivateJwk[" + publicKey.kid() + "]";
    }

    /** Wipes the private half; a second call does nothing. */
    @Override
    public void close() {
        pair.close();
    }
}
