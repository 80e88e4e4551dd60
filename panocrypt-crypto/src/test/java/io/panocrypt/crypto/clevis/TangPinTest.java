package io.panocrypt.crypto.clevis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.Golden;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import io.panocrypt.crypto.exchange.McCallumRelyea;
import io.panocrypt.crypto.tang.Advertisement;
import io.panocrypt.crypto.tang.JcaJwsSigner;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.crypto.tang.RecoveryReply;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.RecoveryRequestException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TangPinTest {
    private final SecureRandom random = new SecureRandom();
    private final JcaEngine engine = new JcaEngine(random);
    private final McCallumRelyea exchange = new McCallumRelyea(engine);

    private TangPin.Server server(EcKeyPair key) {
        return body -> {
            try (ScalarMultiplier multiplier = engine.multiplier(key)) {
                EcPoint point = RecoveryRequest.parse(body).pointOn(key.curve());
                return RecoveryReply.encode(multiplier.multiply(point));
            } catch (RecoveryRequestException | InvalidPointException e) {
                throw new IOException(e);
            }
        };
    }

    private static EcKeyPair goldenKey(String directory, String kid) throws IOException, InvalidPointException {
        for (Path file : Golden.keyFiles(directory)) {
            if (file.getFileName().toString().replaceFirst("^\\.", "").equals(kid + ".jwk")) {
                return Golden.pair(Golden.json(file));
            }
        }
        throw new IOException("no golden key " + kid + " in " + directory);
    }

    @Nested
    class WhenTheRealClevisMadeIt {
        @ParameterizedTest
        @CsvSource({
            "tang-a-1, keys-a, http://127.0.0.1:18081",
            "tang-a-2-newline, keys-a, http://127.0.0.1:18081",
            "tang-a-3-trailing-slash, keys-a, http://127.0.0.1:18081/",
            "tang-a-4-empty, keys-a, http://127.0.0.1:18081",
            "tang-a-7-offline-adv-object, keys-a, http://127.0.0.1:18081",
            "tang-a-14-rotated-key, keys-a, http://127.0.0.1:18081",
            "tang-b-1, keys-b, http://127.0.0.1:18082",
            "tang-c-1, keys-c, http://127.0.0.1:18083",
            "tang-p256, keys-p256, http://127.0.0.1:18088"
        })
        void isUnlocked(String name, String directory, String url) throws IOException, GeneralSecurityException {
            TangPin pin = TangPin.parse(jwe(name));
            assertEquals(url, pin.url());
            EcKeyPair key = goldenKey(directory, pin.kid());
            assertEquals(key.curve(), pin.curve());
            assertArrayEquals(Golden.bytes("jwe/" + name + ".plain"), pin.decrypt(server(key), exchange));
        }

        @Test
        void staysLockedForAnotherKey() throws IOException, GeneralSecurityException {
            TangPin pin = TangPin.parse(jwe("tang-a-1"));
            EcKeyPair other = engine.generate(Curve.P_521);
            assertThrows(AEADBadTagException.class, () -> pin.decrypt(server(other), exchange));
        }

        @Test
        void passesTheServersFailureOn() throws IOException, GeneralSecurityException {
            TangPin pin = TangPin.parse(jwe("tang-p256"));
            assertThrows(
                    IOException.class,
                    () -> pin.decrypt(
                            body -> {
                                throw new IOException("403");
                            },
                            exchange));
            assertThrows(InvalidPointException.class, () -> pin.decrypt(body -> new byte[0], exchange));
        }

        @Test
        void staysLockedOnceAltered() throws IOException, GeneralSecurityException {
            String[] parts = jwe("tang-p256").split("\\.", -1);
            char first = parts[3].charAt(0);
            parts[3] = (first == 'A' ? 'B' : 'A') + parts[3].substring(1);
            TangPin pin = TangPin.parse(String.join(".", parts));
            EcKeyPair key = goldenKey("keys-p256", pin.kid());
            assertThrows(AEADBadTagException.class, () -> pin.decrypt(server(key), exchange));
        }

        private String jwe(String name) throws IOException {
            return new String(Golden.bytes("jwe/" + name + ".jwe"), StandardCharsets.US_ASCII);
        }
    }

    @Nested
    class WhenWeMadeIt {
        @ParameterizedTest
        @EnumSource
        void isUnlockedAgain(Curve curve) throws IOException, GeneralSecurityException {
            EcKeyPair key = engine.generate(curve);
            byte[] secret = "gizli söz".getBytes(StandardCharsets.UTF_8);
            String jwe = TangPin.encrypt(secret, advertisement(key), "http://10.0.0.1/u/abc", exchange, random);
            assertArrayEquals(secret, TangPin.parse(jwe + "\n").decrypt(server(key), exchange));
        }

        @Test
        void hasTheHeaderThatClevisWrites() throws IOException, GeneralSecurityException {
            String name = "jwe/tang-p256.jwe";
            String theirs = header(new String(Golden.bytes(name), StandardCharsets.US_ASCII));
            Advertisement advertisement = Advertisement.parse(Golden.bytes("adv/p256-default.json"));
            String ours =
                    header(TangPin.encrypt(new byte[3], advertisement, "http://127.0.0.1:18088", exchange, random));
            // Only the client's point differs between two bindings.
            String ephemeral =
                    "\"epk\":\\{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"[\\w-]{43}\",\"y\":\"[\\w-]{43}\"\\}";
            assertEquals(theirs.replaceFirst(ephemeral, "EPK"), ours.replaceFirst(ephemeral, "EPK"));
            assertTrue(ours.matches(".*" + ephemeral + ".*"), ours);
            assertFalse(ours.equals(theirs));
        }

        private String header(String jwe) {
            byte[] bytes = Base64.getUrlDecoder().decode(jwe.substring(0, jwe.indexOf('.')));
            return new String(bytes, StandardCharsets.UTF_8);
        }

        private Advertisement advertisement(EcKeyPair key) throws GeneralSecurityException {
            try (EcKeyPair signing = engine.generate(key.curve())) {
                JcaJwsSigner signer = new JcaJwsSigner(signing, random);
                List<PublicJwk> keys = List.of(signer.key(), PublicJwk.of(KeyRole.EXCHANGE, key.publicKey()));
                return Advertisement.parse(Advertisement.sign(keys, List.of(signer)));
            }
        }
    }

    @Nested
    class WhenItIsSomethingElse {
        @ParameterizedTest
        @ValueSource(strings = {"", "....", "a.b.c.d.e", "e30..AAAAAAAAAAAAAAAA..AAAAAAAAAAAAAAAAAAAAAA", "{}"})
        void isRefused(String jwe) {
            assertThrows(InvalidJweException.class, () -> TangPin.parse(jwe));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"\"tang\",\"tang\"", "ECDH-ES", "A256GCM", "\"kid\"", "\"url\"", "deriveKey", "\"epk\""})
        void isRefusedWhenAPartOfTheHeaderIsAnother(String part) throws IOException, InvalidJweException {
            String jwe = new String(Golden.bytes("jwe/tang-p256.jwe"), StandardCharsets.US_ASCII);
            String[] parts = jwe.split("\\.", -1);
            byte[] header = Base64.getUrlDecoder().decode(parts[0]);
            JsonNode real = Golden.json(header);
            assertNotNull(real.get("clevis"));
            String altered = new String(header, StandardCharsets.UTF_8).replace(part, part.replaceAll("\\w", "z"));
            parts[0] = Base64.getUrlEncoder().withoutPadding().encodeToString(altered.getBytes(StandardCharsets.UTF_8));
            assertNotNull(TangPin.parse(jwe));
            assertThrows(InvalidJweException.class, () -> TangPin.parse(String.join(".", parts)));
        }

        @Test
        void passesOverKeysOfOtherKindsThanTheBoundOne() throws IOException, InvalidJweException {
            String jwe = new String(Golden.bytes("jwe/tang-p256.jwe"), StandardCharsets.US_ASCII);
            String[] parts = jwe.split("\\.", -1);
            String header = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
            String more = header.replace("\"keys\":[", "\"keys\":[{\"kty\":\"AKP\",\"key_ops\":[\"deriveKey\"]},");
            assertFalse(more.equals(header));
            parts[0] = Base64.getUrlEncoder().withoutPadding().encodeToString(more.getBytes(StandardCharsets.UTF_8));
            assertEquals(
                    TangPin.parse(jwe).serverKey(),
                    TangPin.parse(String.join(".", parts)).serverKey());
        }
    }
}
