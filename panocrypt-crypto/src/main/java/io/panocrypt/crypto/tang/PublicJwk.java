package io.panocrypt.crypto.tang;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.ec.EcEngineException;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.internal.Base64Url;
import io.panocrypt.crypto.internal.JwkPoint;
import io.panocrypt.crypto.internal.StrictJson;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Signature;
import java.security.SignatureException;

/**
 * The public half of a Tang key: a point and its role.
 *
 * <p>JSON form: members alg, crv, key_ops, kty, x, y in this order; a signing key has the curve's ES algorithm and
 * {@code ["verify"]}, an exchange key ECMR and {@code ["deriveKey"]}. Immutable and thread-safe.
 */
public final class PublicJwk {
    private static final String EXCHANGE_ALGORITHM = "ECMR";

    private final KeyRole role;
    private final EcPoint point;
    private final String x;
    private final String y;

    private PublicJwk(KeyRole role, EcPoint point, String x, String y) {
        this.role = role;
        this.point = point;
        this.x = x;
        this.y = y;
    }

    /** The key with this role and point. */
    public static PublicJwk of(KeyRole role, EcPoint point) {
        return new PublicJwk(role, point, Base64Url.encode(point.x()), Base64Url.encode(point.y()));
    }

    /**
     * Reads the key from a JSON text; a private member and unknown members are ignored.
     *
     * @param json one JSON object; coordinates must be canonical, because each key must have one thumbprint
     * @return the key
     * @throws InvalidKeyException if the text is not an EC key, its point is invalid, or its alg and key_ops do not
     *     give exactly one role
     */
    public static PublicJwk parse(String json) throws InvalidKeyException {
        return of(StrictJson.parse(json).orElseThrow(() -> new InvalidKeyException("not one JSON value")));
    }

    static PublicJwk of(JsonNode jwk) throws InvalidKeyException {
        requireObject(jwk);
        try {
            EcPoint point = JwkPoint.parse(jwk);
            return of(roleOf(jwk, point), point);
        } catch (InvalidPointException e) {
            throw new InvalidKeyException("not an EC key: " + e.getMessage(), e);
        }
    }

    /**
     * Like {@link #parse}, but coordinates may lack leading zero bytes or have more of them than the field, as Tang and
     * Clevis accept it. The written form is kept, and thumbprints are computed over it.
     *
     * @throws InvalidKeyException as {@link #parse}
     */
    public static PublicJwk parseAsWritten(String json) throws InvalidKeyException {
        return asWritten(StrictJson.parse(json).orElseThrow(() -> new InvalidKeyException("not one JSON value")));
    }

    static PublicJwk asWritten(JsonNode jwk) throws InvalidKeyException {
        requireObject(jwk);
        try {
            EcPoint point = JwkPoint.parseAnyLength(jwk);
            return new PublicJwk(
                    roleOf(jwk, point),
                    point,
                    jwk.get("x").textValue(),
                    jwk.get("y").textValue());
        } catch (InvalidPointException e) {
            throw new InvalidKeyException("not an EC key: " + e.getMessage(), e);
        }
    }

    private static void requireObject(JsonNode jwk) throws InvalidKeyException {
        if (!jwk.isObject()) {
            throw new InvalidKeyException("not a JSON object");
        }
    }

    private static KeyRole roleOf(JsonNode jwk, EcPoint point) throws InvalidKeyException {
        String alg = StrictJson.text(jwk, "alg");
        boolean exchange = EXCHANGE_ALGORITHM.equals(alg);
        boolean signing = point.curve().signatureAlgorithm().equals(alg);
        if (jwk.has("alg") && !exchange && !signing) {
            throw new InvalidKeyException("alg is neither ECMR nor the curve's signature algorithm");
        }
        if (jwk.has("key_ops")) {
            boolean derives = StrictJson.lists(jwk, "key_ops", "deriveKey");
            boolean signs = StrictJson.lists(jwk, "key_ops", "sign") || StrictJson.lists(jwk, "key_ops", "verify");
            if (derives == signs || (derives && signing) || (signs && exchange)) {
                throw new InvalidKeyException("key_ops and alg do not give one role");
            }
            return derives ? KeyRole.EXCHANGE : KeyRole.SIGNING;
        }
        if (!exchange && !signing) {
            throw new InvalidKeyException("neither alg nor key_ops gives a role");
        }
        return exchange ? KeyRole.EXCHANGE : KeyRole.SIGNING;
    }

    /** What the key is for. */
    public KeyRole role() {
        return role;
    }

    /** The public point. */
    public EcPoint point() {
        return point;
    }

    /** The alg member: ECMR, or the curve's ES algorithm. */
    public String algorithm() {
        return role == KeyRole.EXCHANGE ? EXCHANGE_ALGORITHM : point.curve().signatureAlgorithm();
    }

    /** The S256 thumbprint, by which Clevis names the key: 43 characters. */
    public String kid() {
        return thumbprint(ThumbprintAlgorithm.S256);
    }

    /**
     * The thumbprint (RFC 7638, section 3): the hash over crv, kty, x and y.
     *
     * @param algorithm the hash
     * @return unpadded base64url
     */
    public String thumbprint(ThumbprintAlgorithm algorithm) {
        String input = "{\"crv\":\"" + point.curve().crv() + "\",\"kty\":\"EC\"," + coordinates(",", ":") + '}';
        return Base64Url.encode(algorithm.newDigest().digest(input.getBytes(StandardCharsets.US_ASCII)));
    }

    /** Whether the text is this key's thumbprint under any of the five hashes. */
    public boolean hasThumbprint(String thumbprint) {
        for (ThumbprintAlgorithm algorithm : ThumbprintAlgorithm.values()) {
            if (thumbprint(algorithm).equals(thumbprint)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a signature over the input verifies under this key.
     *
     * @param input what was signed
     * @param signature r||s, twice the length of the field (RFC 7518, section 3.4)
     * @return false also for a signature of another length or form
     * @throws IllegalStateException if this is not a signing key
     */
    public boolean verify(byte[] input, byte[] signature) {
        if (role != KeyRole.SIGNING) {
            throw new IllegalStateException("an exchange key cannot verify signatures");
        }
        if (signature.length != 2 * point.curve().fieldBytes()) {
            return false;
        }
        try {
            Signature verifier = Signature.getInstance(point.curve().jcaSignatureName(), JcaEngine.jdkProvider());
            verifier.initVerify(point.toJcaPublicKey());
            verifier.update(input);
            return verifier.verify(signature);
        } catch (SignatureException e) {
            // Some providers throw for a malformed signature instead of returning false.
            return false;
        } catch (GeneralSecurityException e) {
            throw new EcEngineException("the Java runtime cannot verify " + algorithm(), e);
        }
    }

    /** Compact JSON with sorted members. */
    public String toJson() {
        return toJson(",", ":");
    }

    String toJson(String comma, String colon) {
        String operation = role == KeyRole.EXCHANGE ? "deriveKey" : "verify";
        return "{\"alg\"" + colon + '"' + algorithm() + '"' + comma + "\"crv\"" + colon + '"'
                + point.curve().crv() + '"' + comma + "\"key_ops\"" + colon + "[\"" + operation + "\"]" + comma
                + "\"kty\"" + colon + "\"EC\"" + comma + coordinates(comma, colon) + '}';
    }

    String coordinates(String comma, String colon) {
        return "\"x\"" + colon + '"' + x + '"' + comma + "\"y\"" + colon + '"' + y + '"';
    }

    /** The same role and point, however the coordinates are written. */
    @Override
    public boolean equals(Object other) {
        return other instanceof PublicJwk that && role == that.role && point.equals(that.point);
    }

    @Override
    public int hashCode() {
        return 31 * role.hashCode() + point.hashCode();
    }

    @Override
    public String toString() {
        return toJson();
    }
}
