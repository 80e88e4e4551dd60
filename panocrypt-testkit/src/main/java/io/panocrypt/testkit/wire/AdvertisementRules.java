package io.panocrypt.testkit.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** W20 to W27: the key set, its signatures, and the key set by thumbprint. */
abstract class AdvertisementRules extends WireRules {

    /** RFC 7518, 3.1: each signature algorithm goes with one curve. */
    private static final Map<String, String> CURVES = Map.of("ES256", "P-256", "ES384", "P-384", "ES512", "P-521");

    private static final ObjectMapper JSON = new ObjectMapper();

    AdvertisementRules(TangServerContract server) {
        super(server);
    }

    static Stream<String> hashes() {
        return Advertisement.HASHES.stream();
    }

    @DisplayName("W20 sends the advertisement as application/jose+json with its length")
    @Test
    void sendsAdvertisementAsJose() throws IOException {
        RawHttp.Reply reply = get("/adv");
        assertEquals(200, reply.status());
        assertEquals("application/jose+json", reply.header("Content-Type").orElse("none"));
        JsonNode json = JSON.readTree(reply.body());
        assertTrue(json.isObject(), reply::toString);
    }

    @DisplayName("W21 flattens one signature and lists several")
    @ParameterizedTest
    @ValueSource(strings = {"/adv", "/adv/SIGNING"})
    void usesFlattenedOrGeneralForm(String target) throws IOException {
        Advertisement advertisement = Advertisement.parse(get(target.replace("SIGNING", probe().signingKid())));
        JsonNode json = advertisement.json();
        Set<String> expected = advertisement.signatures().size() == 1
                ? Set.of("payload", "protected", "signature")
                : Set.of("payload", "signatures");
        Set<String> members =
                Set.copyOf(json.properties().stream().map(Map.Entry::getKey).toList());
        assertEquals(expected, members);
    }

    @DisplayName("W22 advertises one exchange key and its signing keys, and nothing private")
    @Test
    void advertisesPublicKeysOnly() throws IOException {
        Advertisement advertisement = advertisement();
        assertEquals(1, advertisement.keysFor("deriveKey").size(), "exchange keys");
        assertFalse(advertisement.signingKeys().isEmpty(), "no signing key");
        for (JsonNode key : advertisement.keys()) {
            assertFalse(key.has("d"), "a private key is advertised");
            assertEquals("EC", key.path("kty").asText());
            assertEquals(1, key.path("key_ops").size(), key::toString);
            String expected = key.path("alg").asText().equals("ECMR") ? "deriveKey" : "verify";
            assertEquals(expected, key.path("key_ops").path(0).asText(), key::toString);
            AffineCurve curve = AffineCurve.named(key.path("crv").asText());
            assertTrue(curve.contains(Advertisement.point(key)), () -> "not on its curve: " + key);
            assertEquals(
                    curve.encode(Advertisement.point(key).getAffineX()),
                    key.path("x").asText());
            assertEquals(
                    curve.encode(Advertisement.point(key).getAffineY()),
                    key.path("y").asText());
        }
        for (JsonNode key : advertisement.signingKeys()) {
            assertEquals(key.path("crv").asText(), CURVES.get(key.path("alg").asText()), key::toString);
        }
    }

    @DisplayName("W23 signs the advertisement with every advertised signing key")
    @Test
    void signsWithEveryAdvertisedSigningKey() throws IOException, GeneralSecurityException {
        Advertisement advertisement = advertisement();
        assertSignedByAllAdvertised(advertisement);
        assertEquals(
                advertisement.signingKeys().size(), advertisement.signatures().size());
        for (Advertisement.Signed signed : advertisement.signatures()) {
            JsonNode header = Advertisement.header(signed);
            assertEquals(2, header.size(), header::toString);
            assertEquals("jwk-set+json", header.path("cty").asText());
            assertTrue(CURVES.containsKey(header.path("alg").asText()), header::toString);
        }
    }

    @DisplayName("W24 signs the same payload for a signing key's thumbprint by each of the five hashes")
    @ParameterizedTest
    @MethodSource("hashes")
    void signsForThumbprint(String hash) throws IOException, GeneralSecurityException {
        Advertisement advertisement = advertisement();
        for (JsonNode key : advertisement.signingKeys()) {
            Advertisement named = Advertisement.parse(get("/adv/" + Advertisement.thumbprint(key, hash)));
            assertEquals(sorted(advertisement), sorted(named));
            assertTrue(named.isSignedBy(key), () -> "not signed by " + key);
            assertSignedByAllAdvertised(named);
        }
    }

    @DisplayName("W25 answers 404 to an exchange key's thumbprint and never signs with it (CVE-2021-4076)")
    @ParameterizedTest
    @MethodSource("hashes")
    void refusesThumbprintOfExchangeKey(String hash) throws IOException {
        JsonNode key = advertisement().exchangeKey();
        assertRefused(404, request("GET", "/adv/" + Advertisement.thumbprint(key, hash)));
    }

    @DisplayName("W26 answers 404 to an unknown or damaged thumbprint")
    @Test
    void refusesUnknownThumbprint() throws IOException {
        String known = probe().signingKid();
        String lastDropped = known.substring(0, known.length() - 1);
        char first = known.charAt(0) == 'A' ? 'B' : 'A';
        for (String thumbprint :
                List.of(UNKNOWN_THUMBPRINT, "x", "-", "_", lastDropped, known + "A", first + known.substring(1))) {
            assertRefused(404, request("GET", "/adv/" + thumbprint));
        }
    }

    @DisplayName("W27 lets a hidden signing key sign when it is named, and still does not advertise it")
    @Test
    void signsWithHiddenKeyWhenNamed() throws IOException, GeneralSecurityException {
        claimed(server.hiddenSigningThumbprint().isPresent(), "a rotated signing key");
        String thumbprint = server.hiddenSigningThumbprint().orElseThrow();
        Advertisement advertisement = advertisement();
        Advertisement named = Advertisement.parse(get("/adv/" + thumbprint));
        assertEquals(sorted(advertisement), sorted(named));
        assertSignedByAllAdvertised(named);
        assertEquals(advertisement.signatures().size() + 1, named.signatures().size());
        int byHidden = 0;
        for (Advertisement.Signed signed : named.signatures()) {
            if (SignerRecovery.isSignerOf(named, signed, thumbprint)) {
                byHidden++;
            }
        }
        assertEquals(1, byHidden, "signatures by the hidden key that was named");
    }

    private static void assertSignedByAllAdvertised(Advertisement advertisement)
            throws IOException, GeneralSecurityException {
        for (JsonNode key : advertisement.signingKeys()) {
            assertTrue(advertisement.isSignedBy(key), () -> "not signed by " + key);
        }
    }

    // Tang lists its keys in directory order, which is arbitrary.
    private static List<String> sorted(Advertisement advertisement) {
        return advertisement.keys().stream().map(JsonNode::toString).sorted().toList();
    }
}
