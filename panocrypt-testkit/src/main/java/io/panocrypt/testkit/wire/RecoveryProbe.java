package io.panocrypt.testkit.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;

/**
 * Builds a recovery request: the server's exchange key and a new ephemeral point.
 *
 * @param curve the exchange key's curve
 * @param serverPoint the exchange key, S
 * @param kid its SHA-256 thumbprint
 * @param signingKid the SHA-256 thumbprint of an advertised signing key
 * @param secret the ephemeral scalar, e
 * @param point e times the generator
 */
record RecoveryProbe(
        AffineCurve curve, ECPoint serverPoint, String kid, String signingKid, BigInteger secret, ECPoint point) {

    static RecoveryProbe against(Advertisement advertisement) {
        JsonNode key = advertisement.exchangeKey();
        AffineCurve curve = AffineCurve.named(key.path("crv").asText());
        String signingKid = advertisement.signingKeys().stream()
                .findFirst()
                .map(signing -> Advertisement.thumbprint(signing, "SHA-256"))
                .orElseThrow(() -> new AssertionError("no signing key in the advertisement"));
        KeyPair ephemeral = ephemeral(curve);
        return new RecoveryProbe(
                curve,
                Advertisement.point(key),
                Advertisement.thumbprint(key, "SHA-256"),
                signingKid,
                ((ECPrivateKey) ephemeral.getPrivate()).getS(),
                ((ECPublicKey) ephemeral.getPublic()).getW());
    }

    // Reproducible without a seed: each failure prints the request, and only its point varies.
    private static KeyPair ephemeral(AffineCurve curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(curve.parameters());
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK makes no keys on " + curve.crv(), e);
        }
    }

    /** The same probe with another point of the curve, without its scalar. */
    RecoveryProbe withPoint(ECPoint other) {
        return new RecoveryProbe(curve, serverPoint, kid, signingKid, secret, other);
    }

    /** The request of Clevis as a modifiable tree: alg, crv, kty, x, y. */
    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("alg", "ECMR")
                .put("crv", curve.crv())
                .put("kty", "EC")
                .put("x", curve.encode(point.getAffineX()))
                .put("y", curve.encode(point.getAffineY()));
    }

    /** The request of Clevis as text. */
    String text() {
        return json().toString();
    }

    static byte[] utf8(Object json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The server's exact answer with this product. */
    String answer(ECPoint product) {
        return "{\"alg\":\"ECMR\",\"crv\":\"" + curve.crv() + "\",\"key_ops\":[\"deriveKey\"],\"kty\":\"EC\",\"x\":\""
                + curve.encode(product.getAffineX()) + "\",\"y\":\"" + curve.encode(product.getAffineY()) + "\"}";
    }

    /** The exact answer for this probe's own point: e times S, which is the server's scalar times e times G. */
    String answer() {
        return answer(curve.multiply(secret, serverPoint));
    }
}
