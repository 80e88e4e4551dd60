package io.panocrypt.crypto.tang;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.crypto.internal.JwkPoint;
import io.panocrypt.crypto.internal.StrictJson;
import io.panocrypt.crypto.tang.RecoveryRequestException.Kind;
import java.nio.charset.StandardCharsets;

/**
 * The body of a recovery request: a JWK whose point is not yet known to be valid.
 *
 * <p>Two steps, because a server looks up the addressed key between them: {@link #parse} makes the checks that need no
 * key, {@link #pointOn} those that need its curve. Immutable and thread-safe.
 */
public final class RecoveryRequest {
    private final JsonNode jwk;

    private RecoveryRequest(JsonNode jwk) {
        this.jwk = jwk;
    }

    /**
     * Parses a request body.
     *
     * <p>The checks, in Tang's order: one JSON value in strict UTF-8 (no byte order mark, the last of equal members
     * wins, depth at most 64); {@code use} and {@code key_ops}; an object with {@code kty} EC and {@code alg} missing
     * or ECMR. If {@code use}, which must be a string, or {@code key_ops} is present, {@code key_ops} must list
     * deriveKey: {@code use} cannot replace it.
     *
     * @param body the whole body; the caller limits its length
     * @return the request
     * @throws RecoveryRequestException for the first check that fails
     */
    public static RecoveryRequest parse(byte[] body) throws RecoveryRequestException {
        JsonNode jwk = StrictJson.parse(body).orElseThrow(() -> new RecoveryRequestException(Kind.NOT_JSON));
        if (jwk.isObject() && !permitsDerivation(jwk)) {
            throw new RecoveryRequestException(Kind.NOT_FOR_DERIVATION);
        }
        if (!jwk.isObject() || !"EC".equals(StrictJson.text(jwk, "kty"))) {
            throw new RecoveryRequestException(Kind.NOT_ECMR);
        }
        if (jwk.has("alg") && !"ECMR".equals(StrictJson.text(jwk, "alg"))) {
            throw new RecoveryRequestException(Kind.NOT_ECMR);
        }
        return new RecoveryRequest(jwk);
    }

    private static boolean permitsDerivation(JsonNode jwk) {
        if (jwk.has("use") && StrictJson.text(jwk, "use") == null) {
            return false;
        }
        return (!jwk.has("use") && !jwk.has("key_ops")) || StrictJson.lists(jwk, "key_ops", "deriveKey");
    }

    /**
     * The point, if it is a finite point on the addressed key's curve.
     *
     * @param curve the addressed key's curve
     * @return the point
     * @throws InvalidPointException if crv differs, or a coordinate is missing, not a string, not canonical unpadded
     *     base64url, not exactly the field's length, not below p, or the point is off the curve
     */
    public EcPoint pointOn(Curve curve) throws InvalidPointException {
        return JwkPoint.parse(jwk, curve);
    }

    /**
     * Encodes a request, on the client: the body that stock Clevis would send for this point, with its final line feed.
     */
    public static byte[] encode(EcPoint point) {
        return ("{\"alg\":\"ECMR\"," + JwkPoint.members(point, ",", ":") + "}\n").getBytes(StandardCharsets.US_ASCII);
    }
}
