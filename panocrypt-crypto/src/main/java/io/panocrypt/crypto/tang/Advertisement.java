package io.panocrypt.crypto.tang;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.internal.Base64Url;
import io.panocrypt.crypto.internal.StrictJson;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A Tang server's signed list of public keys: a JWS (RFC 7515, section 7.2) over a JWK set.
 *
 * <p>Servers make one with {@link #sign}; an instance is the client's view, whose signatures are verified. Immutable and
 * thread-safe.
 */
public final class Advertisement {
    private final String keySet;
    private final List<PublicJwk> keys;

    private Advertisement(String keySet, List<PublicJwk> keys) {
        this.keySet = keySet;
        this.keys = keys;
    }

    /**
     * Signs an advertisement of a server with one exchange key.
     *
     * @param advertised the keys of the payload, in this order: exactly one exchange key, at least one signing key
     * @param signers every advertised signing key, and any others
     * @return the JWS in JSON, flattened for one signature and general for several
     * @throws IllegalArgumentException on any other keys, or if a signer's key is not a signing key (CVE-2021-4076)
     */
    public static byte[] sign(List<PublicJwk> advertised, List<? extends JwsSigner> signers) {
        if (advertised.stream().filter(key -> key.role() == KeyRole.EXCHANGE).count() != 1) {
            throw new IllegalArgumentException("an advertisement needs exactly one exchange key");
        }
        return signAnyKeySet(advertised, signers);
    }

    /** Like {@link #sign}, for a Tang key directory, which may hold any number of exchange keys. */
    static byte[] signAnyKeySet(List<PublicJwk> advertised, List<? extends JwsSigner> signers) {
        List<PublicJwk> signing = signers.stream().map(JwsSigner::key).toList();
        if (signing.stream().anyMatch(key -> key.role() != KeyRole.SIGNING)) {
            throw new IllegalArgumentException("an exchange key must never sign");
        }
        List<PublicJwk> mustSign =
                advertised.stream().filter(key -> key.role() == KeyRole.SIGNING).toList();
        if (mustSign.isEmpty() || !signing.containsAll(mustSign)) {
            throw new IllegalArgumentException(
                    "every advertised signing key must sign, and there must be at least one");
        }
        String payload = Base64Url.encode(payload(advertised));
        List<String> signatures =
                signers.stream().map(signer -> signature(payload, signer)).toList();
        String body = signatures.size() == 1
                ? "{\"payload\": \"" + payload + "\", " + signatures.get(0) + '}'
                : signatures.stream()
                        .map(members -> '{' + members + '}')
                        .collect(
                                Collectors.joining(", ", "{\"payload\": \"" + payload + "\", \"signatures\": [", "]}"));
        return body.getBytes(StandardCharsets.US_ASCII);
    }

    /** The payload with the spaces that Tang's JSON library writes, because tests compare the two byte for byte. */
    static String payload(List<PublicJwk> advertised) {
        return advertised.stream()
                .map(key -> key.toJson(", ", ": "))
                .collect(Collectors.joining(", ", "{\"keys\": [", "]}"));
    }

    private static String signature(String payload, JwsSigner signer) {
        String header = Base64Url.encode("{\"alg\":\"" + signer.key().algorithm() + "\",\"cty\":\"jwk-set+json\"}");
        byte[] signature = signer.sign((header + '.' + payload).getBytes(StandardCharsets.US_ASCII));
        return "\"protected\": \"" + header + "\", \"signature\": \"" + Base64Url.encode(signature) + '"';
    }

    /**
     * Reads and verifies a server's advertisement by Clevis' rule: every key that can verify must have signed.
     *
     * <p>This does not prove that the signers are the right ones: check {@link #isSignedBy} with a thumbprint from a
     * trusted source. Keys for neither verifying nor exchange are ignored.
     *
     * @param jws a JWS in flattened or general JSON form
     * @return the verified advertisement
     * @throws InvalidAdvertisementException if the form is wrong, a signature is missing, a signing key is unusable, or
     *     there is no signing key or no exchange key
     */
    public static Advertisement parse(byte[] jws) throws InvalidAdvertisementException {
        JsonNode outer = StrictJson.parse(jws).orElseThrow(() -> new InvalidAdvertisementException("not JSON"));
        String payload = StrictJson.text(outer, "payload");
        if (payload == null) {
            throw new InvalidAdvertisementException("no payload");
        }
        byte[] keySet = Base64Url.decode(payload)
                .orElseThrow(() -> new InvalidAdvertisementException("payload is not base64url"));
        List<PublicJwk> keys = keysOf(
                StrictJson.parse(keySet).orElseThrow(() -> new InvalidAdvertisementException("payload is not JSON")));
        Advertisement advertisement = new Advertisement(new String(keySet, StandardCharsets.UTF_8), keys);
        if (advertisement.signingKeys().isEmpty()
                || keys.size() == advertisement.signingKeys().size()) {
            throw new InvalidAdvertisementException("a signing key or an exchange key is missing");
        }
        for (PublicJwk key : advertisement.signingKeys()) {
            if (!hasSignature(outer, payload, key)) {
                throw new InvalidAdvertisementException("an advertised signing key has not signed");
            }
        }
        return advertisement;
    }

    private static List<PublicJwk> keysOf(JsonNode keySet) throws InvalidAdvertisementException {
        if (!keySet.path("keys").isArray()) {
            throw new InvalidAdvertisementException("payload is not a key set");
        }
        List<PublicJwk> keys = new ArrayList<>();
        for (JsonNode jwk : keySet.path("keys")) {
            if (StrictJson.lists(jwk, "key_ops", "verify") || StrictJson.lists(jwk, "key_ops", "deriveKey")) {
                try {
                    keys.add(PublicJwk.asWritten(jwk));
                } catch (InvalidKeyException e) {
                    InvalidAdvertisementException refusal =
                            new InvalidAdvertisementException("an advertised key is unusable: " + e.getMessage());
                    refusal.initCause(e);
                    throw refusal;
                }
            }
        }
        return List.copyOf(keys);
    }

    private static boolean hasSignature(JsonNode outer, String payload, PublicJwk key) {
        if (!outer.path("signatures").isArray()) {
            return isSignature(outer, payload, key);
        }
        for (JsonNode candidate : outer.path("signatures")) {
            if (isSignature(candidate, payload, key)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSignature(JsonNode candidate, String payload, PublicJwk key) {
        String header = StrictJson.text(candidate, "protected");
        String signature = StrictJson.text(candidate, "signature");
        if (header == null || signature == null) {
            return false;
        }
        // RFC 7515, section 4.1.11: a reader that understands no extension must refuse crit.
        return Base64Url.decode(header)
                        .flatMap(StrictJson::parse)
                        .filter(members -> key.algorithm().equals(StrictJson.text(members, "alg")))
                        .filter(members -> !members.has("crit"))
                        .isPresent()
                && Base64Url.decode(signature)
                        .filter(bytes ->
                                key.verify((header + '.' + payload).getBytes(StandardCharsets.US_ASCII), bytes))
                        .isPresent();
    }

    /** All usable keys, in the order of the payload. */
    public List<PublicJwk> keys() {
        return keys;
    }

    /** The first exchange key, which is the one that Clevis binds to. */
    public PublicJwk exchangeKey() {
        return keys.stream()
                .filter(key -> key.role() == KeyRole.EXCHANGE)
                .findFirst()
                .orElseThrow();
    }

    /** The signing keys; each of them has signed. */
    public List<PublicJwk> signingKeys() {
        return keys.stream().filter(key -> key.role() == KeyRole.SIGNING).toList();
    }

    /** Whether a signing key has this S256 or S1 thumbprint, the two that Clevis accepts as proof of trust. */
    public boolean isSignedBy(String thumbprint) {
        return signingKeys().stream()
                .anyMatch(key -> key.thumbprint(ThumbprintAlgorithm.S256).equals(thumbprint)
                        || key.thumbprint(ThumbprintAlgorithm.S1).equals(thumbprint));
    }

    /** The payload as the server wrote it, a JWK set in JSON. */
    public String keySet() {
        return keySet;
    }
}
