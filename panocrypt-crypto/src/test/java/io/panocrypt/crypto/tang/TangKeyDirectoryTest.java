package io.panocrypt.crypto.tang;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.Golden;
import io.panocrypt.crypto.Oracle;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.crypto.ec.JcaEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TangKeyDirectoryTest {
    private static final String SIGNING = "6ewepiTvX3B0ZuWIfiplXoKTcEK4bxY7Fj6dHNfcNtc";
    private static final String EXCHANGE = "S5pZ0RC-YcgGBdSiXN_20pVOvdrpj4PLEVW12G26XN4";

    @TempDir
    Path folder;

    private TangKeyDirectory directory;

    @BeforeEach
    void open() {
        directory = new TangKeyDirectory(folder, new JcaEngine(new SecureRandom()));
    }

    private void copy(String golden) throws IOException {
        for (Path file : Golden.keyFiles(golden)) {
            Files.copy(file, folder.resolve(file.getFileName().toString()));
        }
    }

    private Advertisement advertised() throws InvalidAdvertisementException {
        return Advertisement.parse(directory.advertisement(null).orElseThrow());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Nested
    class WhenTheRealTangFilledIt {
        @BeforeEach
        void fill() throws IOException {
            copy("keys-a");
        }

        @Test
        void advertisesItsVisibleKeysInFileOrder() throws InvalidAdvertisementException {
            Advertisement advertisement = advertised();
            assertEquals(
                    List.of(SIGNING, EXCHANGE),
                    advertisement.keys().stream().map(PublicJwk::kid).toList());
        }

        @Test
        void findsEveryKeyByAnyThumbprint() throws IOException, GeneralSecurityException {
            for (Path file : Golden.keyFiles("keys-a")) {
                PublicJwk expected = PublicJwk.parse(Files.readString(file));
                for (ThumbprintAlgorithm algorithm : ThumbprintAlgorithm.values()) {
                    TangKey found =
                            directory.key(expected.thumbprint(algorithm)).orElseThrow();
                    assertEquals(expected, found.publicKey());
                    assertEquals(Curve.P_521, found.curve());
                }
            }
            assertEquals(Optional.empty(), directory.key("A".repeat(43)));
        }

        @Test
        void exchangesWithVisibleAndHiddenExchangeKeysOnly() throws IOException, InvalidPointException {
            EcPoint point = Oracle.publicPoint(Curve.P_521, BigInteger.valueOf(271828));
            int exchanges = 0;
            for (Path file : Golden.keyFiles("keys-a")) {
                TangKey key = directory
                        .key(file.getFileName().toString().replaceAll("^\\.|\\.jwk$", ""))
                        .orElseThrow();
                if (key.role() == KeyRole.EXCHANGE) {
                    BigInteger d = new BigInteger(1, Golden.decode(Golden.json(file), "d"));
                    assertEquals(Oracle.multiply(point, d), key.exchange(point));
                    exchanges++;
                } else {
                    assertThrows(IllegalStateException.class, () -> key.exchange(point));
                }
            }
            assertEquals(2, exchanges);
        }

        @Test
        void letsAHiddenSigningKeySignAndNoExchangeKey() throws IOException, GeneralSecurityException {
            int signed = 0;
            for (Path file : Golden.keyFiles("keys-a")) {
                PublicJwk key = PublicJwk.parse(Files.readString(file));
                Optional<byte[]> answer = directory.advertisement(key.kid());
                assertEquals(key.role() == KeyRole.SIGNING, answer.isPresent());
                if (answer.isPresent()) {
                    assertEquals(2, Advertisement.parse(answer.get()).keys().size());
                    boolean hidden = file.getFileName().toString().startsWith(".");
                    assertEquals(
                            hidden ? 2 : 0,
                            Golden.json(answer.get()).path("signatures").size());
                    signed++;
                }
            }
            assertEquals(2, signed);
            assertEquals(Optional.empty(), directory.advertisement("A".repeat(43)));
        }

        @Test
        void seesARotationAtOnce() throws IOException, InvalidAdvertisementException {
            assertEquals(2, advertised().keys().size());
            Files.move(folder.resolve(EXCHANGE + ".jwk"), folder.resolve("." + EXCHANGE + ".jwk"));
            for (Path file : Golden.keyFiles("keys-b")) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
            assertFalse(advertised().keys().stream().anyMatch(key -> key.kid().equals(EXCHANGE)));
            assertEquals(3, advertised().keys().size());
            assertTrue(directory.key(EXCHANGE).isPresent());
            Files.delete(folder.resolve("." + EXCHANGE + ".jwk"));
            assertFalse(directory.key(EXCHANGE).isPresent());
        }

        @Test
        void seesAFileThatChangedUnderItsName() throws IOException {
            assertTrue(directory.key(EXCHANGE).isPresent());
            Path file = folder.resolve(EXCHANGE + ".jwk");
            Files.delete(file);
            Files.writeString(file, "{}");
            assertFalse(directory.key(EXCHANGE).isPresent());
        }

        @Test
        void skipsFilesThatHoldNoUsableKey() throws IOException, InvalidAdvertisementException {
            String good = Files.readString(Golden.path("keys-p256")
                    .resolve(Golden.keyFiles("keys-p256").get(0).getFileName().toString()));
            Files.writeString(folder.resolve("a.jwk"), "{");
            Files.writeString(folder.resolve("b.jwk"), good.replaceFirst("\"d\":\"[\\w-]+\",", ""));
            Files.writeString(folder.resolve("c.jwk"), good.replaceFirst("\"d\":\"[\\w-]+\"", "\"d\":\"AAAA\""));
            Files.writeString(
                    folder.resolve("d.jwk"),
                    good.replaceFirst("\"d\":\"[\\w-]+\"", "\"d\":\"" + "A".repeat(42) + "E\""));
            Files.writeString(folder.resolve("e.txt"), good);
            Files.createDirectory(folder.resolve("f.jwk"));
            assertEquals(2, advertised().keys().size());
        }

        @Test
        void hasNoAnswerWithoutAVisibleSigningKey() throws IOException {
            Files.delete(folder.resolve(SIGNING + ".jwk"));
            assertThrows(IllegalStateException.class, () -> directory.advertisement(null));
            assertTrue(directory.key(EXCHANGE).isPresent());
        }
    }

    @Nested
    class WhenItHasNoVisibleKey {
        @Test
        void makesAPairThatNobodyElseMayRead() throws IOException, GeneralSecurityException {
            Advertisement advertisement = advertised();
            assertEquals(Curve.P_521, advertisement.exchangeKey().point().curve());
            assertEquals(1, advertisement.signingKeys().size());
            Set<String> expected = new HashSet<>();
            for (PublicJwk key : advertisement.keys()) {
                expected.add(key.kid() + ".jwk");
                Path file = folder.resolve(key.kid() + ".jwk");
                assertEquals("r--r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
                String operations = key.role() == KeyRole.EXCHANGE ? "\"deriveKey\"" : "\"sign\",\"verify\"";
                assertTrue(Files.readString(file)
                        .matches("\\{\"alg\":\"" + key.algorithm() + "\",\"crv\":\"P-521\",\"d\":\"[\\w-]{88}\","
                                + "\"key_ops\":\\[" + operations + "\\],\"kty\":\"EC\",\"x\":\"[\\w-]{88}\","
                                + "\"y\":\"[\\w-]{88}\"\\}\n"));
                assertEquals(key, PublicJwk.parse(Files.readString(file).replace("\"sign\",", "")));
            }
            assertEquals(expected, Set.copyOf(files()));
            assertEquals(advertisement.keys(), advertised().keys());
        }

        @Test
        void makesAPairForALookUpTooAndKeepsHiddenKeys() throws IOException {
            Files.copy(Golden.path("keys-a").resolve(EXCHANGE + ".jwk"), folder.resolve("." + EXCHANGE + ".jwk"));
            assertTrue(directory.key(EXCHANGE).isPresent());
            assertEquals(3, files().size());
        }

        @Test
        void failsWhenTheFolderIsMissing() {
            TangKeyDirectory missing = new TangKeyDirectory(folder.resolve("none"), new JcaEngine(new SecureRandom()));
            assertThrows(UncheckedIOException.class, () -> missing.advertisement(null));
        }
    }
}
