package io.panocrypt.testkit.wire;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.spec.ECPoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Checks whether a key of which only the thumbprint is known made a signature.
 *
 * <p>An ECDSA signature and its message leave a handful of possible public keys (SEC 1, 4.1.6); the thumbprint selects
 * one. So a hidden key can be checked without its public key.
 */
final class SignerRecovery {

    private static final Map<String, List<String>> CURVE_AND_HASH = Map.of(
            "ES256", List.of("P-256", "SHA-256"),
            "ES384", List.of("P-384", "SHA-384"),
            "ES512", List.of("P-521", "SHA-512"));

    private SignerRecovery() {}

    static boolean isSignerOf(Advertisement advertisement, Advertisement.Signed signed, String thumbprint)
            throws IOException, GeneralSecurityException {
        List<String> names =
                CURVE_AND_HASH.get(Advertisement.header(signed).path("alg").asText());
        if (names == null) {
            return false;
        }
        AffineCurve curve = AffineCurve.named(names.get(0));
        byte[] message = (signed.header() + "." + advertisement.payload()).getBytes(StandardCharsets.US_ASCII);
        BigInteger digest =
                new BigInteger(1, MessageDigest.getInstance(names.get(1)).digest(message));
        byte[] signature = Base64.getUrlDecoder().decode(signed.signature());
        return candidates(curve, digest, signature).stream()
                .map(point -> jwk(curve, point))
                .flatMap(jwk -> Advertisement.HASHES.stream().map(hash -> Advertisement.thumbprint(jwk, hash)))
                .anyMatch(thumbprint::equals);
    }

    private static List<ECPoint> candidates(AffineCurve curve, BigInteger digest, byte[] signature) {
        int half = signature.length / 2;
        BigInteger r = new BigInteger(1, Arrays.copyOfRange(signature, 0, half));
        BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, half, signature.length));
        BigInteger inverse = r.modInverse(curve.order());
        ECPoint message = curve.multiply(digest.negate().mod(curve.order()), curve.generator());
        List<ECPoint> found = new ArrayList<>();
        for (BigInteger x = r; x.compareTo(curve.p()) < 0; x = x.add(curve.order())) {
            for (ECPoint commitment : curve.withX(x)) {
                found.add(curve.multiply(inverse, curve.add(curve.multiply(s, commitment), message)));
            }
        }
        return found;
    }

    private static ObjectNode jwk(AffineCurve curve, ECPoint point) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("crv", curve.crv())
                .put("kty", "EC")
                .put("x", curve.encode(point.getAffineX()))
                .put("y", curve.encode(point.getAffineY()));
    }
}
