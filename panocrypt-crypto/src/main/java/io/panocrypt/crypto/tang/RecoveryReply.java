package io.panocrypt.crypto.tang;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.crypto.internal.JwkPoint;
import io.panocrypt.crypto.internal.StrictJson;
import java.nio.charset.StandardCharsets;

/** The body of a recovery answer: an ECMR public key in compact JSON, byte for byte as Tang writes it. */
public final class RecoveryReply {
    private RecoveryReply() {}

    /** Encodes a point: members alg, crv, key_ops, kty, x, y; coordinates at full length; no line feed. */
    public static byte[] encode(EcPoint point) {
        return PublicJwk.of(KeyRole.EXCHANGE, point).toJson().getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Reads the point from an answer, on the client. As in Clevis, alg and key_ops may be missing, but must match if
     * present.
     *
     * @param body the whole body
     * @param curve the curve of the request
     * @return the point
     * @throws InvalidPointException if the body is not such a key on this curve
     */
    public static EcPoint parse(byte[] body, Curve curve) throws InvalidPointException {
        JsonNode jwk =
                StrictJson.parse(body).orElseThrow(() -> new InvalidPointException("answer is not one JSON value"));
        if (jwk.has("alg") && !"ECMR".equals(StrictJson.text(jwk, "alg"))) {
            throw new InvalidPointException("answer's alg is not ECMR");
        }
        if (jwk.has("key_ops") && !StrictJson.lists(jwk, "key_ops", "deriveKey")) {
            throw new InvalidPointException("answer's key_ops does not list deriveKey");
        }
        return JwkPoint.parse(jwk, curve);
    }
}
