package io.panocrypt.crypto.tang;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.Golden;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.JcaEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicJwkTest {
    private static final String G = PublicJwk.of(KeyRole.EXCHANGE, EcPoint.generator(Curve.P_256))
            .toJson()
            .replaceAll(".*(\"crv\":\"P-256\"),.*(\"kty\".*)\\}", "$1,$2");

    @ParameterizedTest
    @ValueSource(strings = {"keys-a", "keys-b", "keys-c", "keys-p256"})
    void hasTheThumbprintThatTangNamesTheFileBy(String directory) throws IOException, InvalidKeyException {
        for (Path file : Golden.keyFiles(directory)) {
            String name = file.getFileName().toString().replaceAll("^\\.|\\.jwk$", "");
            PublicJwk key = PublicJwk.parse(Files.readString(file));
            assertEquals(name, key.kid());
            assertTrue(key.hasThumbprint(name));
        }
    }

    @Test
    void isFoundByAnyOfFiveThumbprints() {
        PublicJwk key = PublicJwk.of(KeyRole.SIGNING, EcPoint.generator(Curve.P_521));
        Set<Integer> lengths = new HashSet<>();
        for (ThumbprintAlgorithm algorithm : ThumbprintAlgorithm.values()) {
            assertTrue(key.hasThumbprint(key.thumbprint(algorithm)));
            assertFalse(key.hasThumbprint(key.thumbprint(algorithm).substring(1)));
            lengths.add(key.thumbprint(algorithm).length());
        }
        assertEquals(Set.of(27, 38, 43, 64, 86), lengths);
        assertFalse(key.hasThumbprint(""));
    }

    @ParameterizedTest
    @EnumSource
    void isReadBackFromItsJson(Curve curve) throws InvalidKeyException {
        for (KeyRole role : KeyRole.values()) {
            PublicJwk key = PublicJwk.of(role, EcPoint.generator(curve));
            assertEquals(key, PublicJwk.parse(key.toJson()));
        }
    }

    @Test
    void hasSortedMembers() {
        String json =
                PublicJwk.of(KeyRole.SIGNING, EcPoint.generator(Curve.P_384)).toJson();
        assertTrue(
                json.matches("\\{\"alg\":\"ES384\",\"crv\":\"P-384\",\"key_ops\":\\[\"verify\"\\],\"kty\":\"EC\","
                        + "\"x\":\"[\\w-]{64}\",\"y\":\"[\\w-]{64}\"\\}"),
                json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{%s}",
                "{\"alg\":\"ECMR\",\"key_ops\":[\"verify\"],%s}",
                "{\"alg\":\"ES256\",\"key_ops\":[\"deriveKey\"],%s}",
                "{\"alg\":\"ES512\",\"key_ops\":[\"verify\"],%s}",
                "{\"alg\":null,\"key_ops\":[\"verify\"],%s}",
                "{\"key_ops\":[\"verify\",\"deriveKey\"],%s}",
                "{\"key_ops\":[],%s}",
                "{\"alg\":\"ECMR\",\"crv\":\"P-256\",\"kty\":\"OKP\",\"x\":\"\",\"y\":\"\"}"
            })
    void refusesWhatHasNoSingleRole(String template) {
        assertThrows(InvalidKeyException.class, () -> PublicJwk.parse(template.replace("%s", G)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"alg\":\"ECMR\",%s}", "{\"key_ops\":[\"deriveKey\"],%s,\"d\":1,\"more\":{}}"})
    void acceptsEitherSignOfARole(String template) throws InvalidKeyException {
        assertEquals(
                KeyRole.EXCHANGE, PublicJwk.parse(template.replace("%s", G)).role());
    }

    @ParameterizedTest
    @EnumSource
    void verifiesWhatItsSignerSigned(Curve curve) {
        SecureRandom random = new SecureRandom();
        try (EcKeyPair pair = new JcaEngine(random).generate(curve)) {
            JcaJwsSigner signer = new JcaJwsSigner(pair, random);
            byte[] signature = signer.sign(new byte[] {1, 2, 3});
            assertEquals(2 * curve.fieldBytes(), signature.length);
            assertTrue(signer.key().verify(new byte[] {1, 2, 3}, signature));
            assertFalse(signer.key().verify(new byte[] {1, 2, 4}, signature));
            assertFalse(signer.key().verify(new byte[] {1, 2, 3}, new byte[2 * curve.fieldBytes()]));
            assertFalse(signer.key().verify(new byte[] {1, 2, 3}, new byte[0]));
            PublicJwk exchange = PublicJwk.of(KeyRole.EXCHANGE, pair.publicKey());
            assertThrows(IllegalStateException.class, () -> exchange.verify(new byte[1], signature));
        }
    }
}
