package io.panocrypt.crypto.tang;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.Golden;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.internal.Base64Url;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdvertisementTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final JcaEngine ENGINE = new JcaEngine(RANDOM);

    private static PublicJwk exchangeKey(Curve curve) {
        try (EcKeyPair pair = ENGINE.generate(curve)) {
            return PublicJwk.of(KeyRole.EXCHANGE, pair.publicKey());
        }
    }

    private static JwsSigner signer(Curve curve) {
        try (EcKeyPair pair = ENGINE.generate(curve)) {
            return new JcaJwsSigner(pair, RANDOM);
        }
    }

    @Nested
    class WhenTheRealTangMadeIt {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "a-default",
                    "a-default-slash",
                    "a-by-signing-thp",
                    "a-by-hidden-signing-thp",
                    "b-default",
                    "p256-default"
                })
        void verifiesAndHasOurPayloadBytes(String name) throws IOException, InvalidAdvertisementException {
            byte[] jws = Golden.bytes("adv/" + name + ".json");
            Advertisement advertisement = Advertisement.parse(jws);
            assertEquals(2, advertisement.keys().size());
            byte[] theirs = Golden.decode(Golden.json(jws), "payload");
            assertEquals(new String(theirs, StandardCharsets.UTF_8), Advertisement.payload(advertisement.keys()));
            assertEquals(advertisement.keySet(), Advertisement.payload(advertisement.keys()));
        }

        @Test
        void isTrustedByTwoThumbprintsOfItsSigningKeyOnly() throws IOException, InvalidAdvertisementException {
            Advertisement advertisement = Advertisement.parse(Golden.bytes("adv/a-default.json"));
            PublicJwk signing = advertisement.signingKeys().get(0);
            assertEquals("6ewepiTvX3B0ZuWIfiplXoKTcEK4bxY7Fj6dHNfcNtc", signing.kid());
            assertEquals(
                    "S5pZ0RC-YcgGBdSiXN_20pVOvdrpj4PLEVW12G26XN4",
                    advertisement.exchangeKey().kid());
            assertTrue(advertisement.isSignedBy(signing.kid()));
            assertTrue(advertisement.isSignedBy(signing.thumbprint(ThumbprintAlgorithm.S1)));
            assertFalse(advertisement.isSignedBy(signing.thumbprint(ThumbprintAlgorithm.S512)));
            assertFalse(advertisement.isSignedBy(advertisement.exchangeKey().kid()));
        }

        @Test
        void isRefusedOnceAltered() throws IOException {
            String jws = new String(Golden.bytes("adv/a-default.json"), StandardCharsets.UTF_8);
            int signature = jws.indexOf("\"signature\": \"") + 40;
            char other = jws.charAt(signature) == 'A' ? 'B' : 'A';
            String altered = jws.substring(0, signature) + other + jws.substring(signature + 1);
            assertThrows(InvalidAdvertisementException.class, () -> Advertisement.parse(ascii(altered)));
        }
    }

    @Nested
    class WhenSigned {
        @ParameterizedTest
        @EnumSource
        void isFlattenedForOneSignature(Curve curve) throws IOException, InvalidAdvertisementException {
            JwsSigner signer = signer(curve);
            List<PublicJwk> keys = List.of(exchangeKey(curve), signer.key());
            byte[] jws = Advertisement.sign(keys, List.of(signer));
            assertEquals(keys, Advertisement.parse(jws).keys());
            JsonNode json = Golden.json(jws);
            assertEquals(
                    "{\"alg\":\"" + curve.signatureAlgorithm() + "\",\"cty\":\"jwk-set+json\"}",
                    new String(Golden.decode(json, "protected"), StandardCharsets.UTF_8));
            assertFalse(json.has("signatures"));
        }

        @Test
        void isGeneralForSeveralSignatures() throws IOException, InvalidAdvertisementException {
            JwsSigner signer = signer(Curve.P_256);
            JwsSigner hidden = signer(Curve.P_256);
            List<PublicJwk> keys = List.of(signer.key(), exchangeKey(Curve.P_256));
            byte[] jws = Advertisement.sign(keys, List.of(hidden, signer));
            assertEquals(List.of(signer.key()), Advertisement.parse(jws).signingKeys());
            assertEquals(2, Golden.json(jws).path("signatures").size());
            assertFalse(Golden.json(jws).has("signature"));
        }

        @Test
        void neverLetsAnExchangeKeySign() {
            JwsSigner signer = signer(Curve.P_256);
            PublicJwk exchange = exchangeKey(Curve.P_256);
            JwsSigner abused = new JwsSigner() {
                @Override
                public PublicJwk key() {
                    return exchange;
                }

                @Override
                public byte[] sign(byte[] signingInput) {
                    throw new AssertionError("CVE-2021-4076");
                }
            };
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Advertisement.sign(List.of(signer.key(), exchange), List.of(signer, abused)));
        }

        @Test
        void needsOneExchangeKeyAndEverySigner() {
            JwsSigner signer = signer(Curve.P_256);
            JwsSigner other = signer(Curve.P_256);
            PublicJwk exchange = exchangeKey(Curve.P_256);
            assertRefused(List.of(signer.key()), List.of(signer));
            assertRefused(List.of(signer.key(), exchange, exchangeKey(Curve.P_256)), List.of(signer));
            assertRefused(List.of(exchange), List.of(signer));
            assertRefused(List.of(exchange, signer.key()), List.of());
            assertRefused(List.of(exchange, signer.key(), other.key()), List.of(signer));
        }

        private void assertRefused(List<PublicJwk> keys, List<JwsSigner> signers) {
            assertThrows(IllegalArgumentException.class, () -> Advertisement.sign(keys, signers));
        }
    }

    @Nested
    class WhenReadByAClient {
        @Test
        void refusesAnAdvertisedKeyThatHasNotSigned() {
            JwsSigner signer = signer(Curve.P_256);
            JwsSigner silent = signer(Curve.P_256);
            PublicJwk exchange = exchangeKey(Curve.P_256);
            byte[] honest = Advertisement.sign(List.of(exchange, signer.key()), List.of(signer));
            String forged = Advertisement.payload(List.of(exchange, signer.key(), silent.key()));
            assertThrows(InvalidAdvertisementException.class, () -> Advertisement.parse(signed(forged, signer)));
            assertThrows(
                    InvalidAdvertisementException.class,
                    () -> Advertisement.parse(ascii(new String(honest, StandardCharsets.US_ASCII)
                            .replace("\"payload\": \"", "\"payload\": \"e"))));
        }

        @Test
        void refusesAKeySetWithoutBothRoles() {
            JwsSigner signer = signer(Curve.P_256);
            assertThrows(
                    InvalidAdvertisementException.class,
                    () -> Advertisement.parse(signed(Advertisement.payload(List.of(signer.key())), signer)));
        }

        @Test
        void passesOverKeysOfNoUseAndRefusesUnusableOnes() throws InvalidAdvertisementException {
            JwsSigner signer = signer(Curve.P_256);
            String good = Advertisement.payload(List.of(exchangeKey(Curve.P_256), signer.key()));
            String harmless = good.replace("{\"keys\": [", "{\"keys\": [{\"kty\": \"OKP\", \"crv\": \"Ed25519\"}, ");
            assertEquals(2, Advertisement.parse(signed(harmless, signer)).keys().size());
            String unusable =
                    good.replace("{\"keys\": [", "{\"keys\": [{\"kty\": \"AKP\", \"key_ops\": [\"verify\"]}, ");
            assertThrows(InvalidAdvertisementException.class, () -> Advertisement.parse(signed(unusable, signer)));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"", "{}", "[]", "null", "{\"payload\":1}", "{\"payload\":\"e30\"}", "{\"payload\":\"%\"}"})
        void refusesOtherForms(String jws) {
            assertThrows(InvalidAdvertisementException.class, () -> Advertisement.parse(ascii(jws)));
        }

        private byte[] signed(String payload, JwsSigner signer) {
            String header = Base64Url.encode("{\"alg\":\"" + signer.key().algorithm() + "\"}");
            String body = Base64Url.encode(payload);
            String signature = Base64Url.encode(signer.sign(ascii(header + "." + body)));
            return ascii("{\"payload\":\"" + body + "\",\"protected\":\"" + header + "\",\"signature\":\"" + signature
                    + "\"}");
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
