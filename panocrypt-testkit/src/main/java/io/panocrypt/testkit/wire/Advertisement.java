package io.panocrypt.testkit.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * A server's advertisement, parsed without trusting it: a JWS in JSON form over a key set.
 *
 * @param json the complete answer
 * @param payload the signed text, base64url as sent
 * @param signatures the protected headers with their signatures, base64url as sent
 * @param keys the key set's members
 */
record Advertisement(JsonNode json, String payload, List<Signed> signatures, List<JsonNode> keys) {

    /** The five hashes of Tang's thumbprints (RFC 7638), by their JCA names. */
    static final List<String> HASHES = List.of("SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512");

    private static final ObjectMapper JSON = new ObjectMapper();

    /** RFC 7518, 3.4: the signature is r and s side by side, which the JDK calls P1363. */
    private static final Map<String, String> SIGNATURES = Map.of(
            "ES256", "SHA256withECDSAinP1363Format",
            "ES384", "SHA384withECDSAinP1363Format",
            "ES512", "SHA512withECDSAinP1363Format");

    /** One signature and the header that it covers. */
    record Signed(String header, String signature) {}

    static Advertisement parse(RawHttp.Reply reply) throws IOException {
        if (reply.status() != 200) {
            throw new AssertionError("no advertisement but: " + reply);
        }
        JsonNode json = JSON.readTree(reply.body());
        String payload = json.path("payload").asText();
        List<Signed> signatures = new ArrayList<>();
        if (json.has("signatures")) {
            json.get("signatures").forEach(one -> signatures.add(signed(one)));
        } else {
            signatures.add(signed(json));
        }
        JsonNode set = JSON.readTree(decoded(payload));
        List<JsonNode> keys =
                StreamSupport.stream(set.path("keys").spliterator(), false).toList();
        return new Advertisement(json, payload, List.copyOf(signatures), keys);
    }

    private static Signed signed(JsonNode node) {
        return new Signed(
                node.path("protected").asText(), node.path("signature").asText());
    }

    private static String decoded(String base64url) {
        return new String(Base64.getUrlDecoder().decode(base64url), StandardCharsets.UTF_8);
    }

    /** The keys that permit the named operation. */
    List<JsonNode> keysFor(String operation) {
        return keys.stream()
                .filter(key -> StreamSupport.stream(key.path("key_ops").spliterator(), false)
                        .anyMatch(op -> op.asText().equals(operation)))
                .toList();
    }

    /** The key that Clevis binds to: the first that permits {@code deriveKey}. */
    JsonNode exchangeKey() {
        return keysFor("deriveKey").stream()
                .findFirst()
                .orElseThrow(() -> new AssertionError("no exchange key in the advertisement: " + json));
    }

    List<JsonNode> signingKeys() {
        return keysFor("verify");
    }

    static JsonNode header(Signed signed) throws IOException {
        return JSON.readTree(decoded(signed.header()));
    }

    /** Whether at least one of the signatures is by this key. */
    boolean isSignedBy(JsonNode key) throws IOException, GeneralSecurityException {
        for (Signed signed : signatures) {
            if (verifies(signed, key)) {
                return true;
            }
        }
        return false;
    }

    boolean verifies(Signed signed, JsonNode key) throws IOException, GeneralSecurityException {
        String alg = header(signed).path("alg").asText();
        AffineCurve curve = AffineCurve.named(key.path("crv").asText());
        byte[] signature = Base64.getUrlDecoder().decode(signed.signature());
        if (!alg.equals(key.path("alg").asText())
                || !SIGNATURES.containsKey(alg)
                || signature.length != 2 * curve.length()) {
            return false;
        }
        Signature verifier = Signature.getInstance(SIGNATURES.get(alg));
        verifier.initVerify(publicKey(curve, point(key)));
        verifier.update((signed.header() + "." + payload).getBytes(StandardCharsets.US_ASCII));
        return verifier.verify(signature);
    }

    static PublicKey publicKey(AffineCurve curve, ECPoint point) throws GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, curve.parameters()));
    }

    static ECPoint point(JsonNode jwk) {
        BigInteger x = AffineCurve.decode(jwk.path("x").asText());
        BigInteger y = AffineCurve.decode(jwk.path("y").asText());
        return new ECPoint(x, y);
    }

    /** The RFC 7638 thumbprint of an EC key. */
    static String thumbprint(JsonNode jwk, String hash) {
        String members = "{\"crv\":" + jwk.get("crv") + ",\"kty\":" + jwk.get("kty") + ",\"x\":" + jwk.get("x")
                + ",\"y\":" + jwk.get("y") + "}";
        try {
            byte[] digest = MessageDigest.getInstance(hash).digest(members.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks " + hash, e);
        }
    }
}
