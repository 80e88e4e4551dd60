package io.panocrypt.crypto.tang;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.Golden;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.JcaEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TangKeyFilesTest {
    private static final String HIDDEN_SIGNING = "G8_FfMQDMSE6jvFZeG6vG_ykRPF02tfVOk4ElskLcdE";
    private static final String HIDDEN_EXCHANGE = "nAq71ARdp-DvTjmjUd78Igdf6SgPIKn3CGFxroTL0Pk";
    private static final String SIGNING = "6ewepiTvX3B0ZuWIfiplXoKTcEK4bxY7Fj6dHNfcNtc";
    private static final String EXCHANGE = "S5pZ0RC-YcgGBdSiXN_20pVOvdrpj4PLEVW12G26XN4";

    private final JcaEngine engine = new JcaEngine(new SecureRandom());

    @TempDir
    private Path folder;

    private void copy(String directory) throws IOException {
        for (Path file : Golden.keyFiles(directory)) {
            Files.copy(file, folder.resolve(file.getFileName()));
        }
    }

    private static List<String> kids(List<PrivateJwk> keys) {
        return keys.stream().map(key -> key.publicKey().kid()).toList();
    }

    @Test
    void readsHiddenKeysAndVisibleOnesInTheOrderOfTheirAge() throws IOException {
        copy("keys-a");
        age(SIGNING, 1);
        age(EXCHANGE, 2);
        age("." + HIDDEN_SIGNING, 4);
        age("." + HIDDEN_EXCHANGE, 3);
        try (TangKeyFiles keys = TangKeyFiles.read(folder, engine)) {
            assertEquals(List.of(SIGNING, EXCHANGE), kids(keys.visible()));
            assertEquals(List.of(HIDDEN_EXCHANGE, HIDDEN_SIGNING), kids(keys.hidden()));
        }
    }

    private void age(String kid, int second) throws IOException {
        Files.setLastModifiedTime(folder.resolve(kid + ".jwk"), FileTime.fromMillis(second * 1000L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"keys-a", "keys-b", "keys-c", "keys-p256"})
    void writesAKeyAsItsFileDoes(String directory) throws IOException, InvalidKeyException {
        for (Path file : Golden.keyFiles(directory)) {
            byte[] content = Files.readAllBytes(file);
            try (PrivateJwk key = PrivateJwk.parse(content)) {
                JsonNode written = Golden.json(key.toJson());
                assertEquals(Golden.json(content), written);
                String name = file.getFileName().toString();
                assertTrue(name.endsWith(key.publicKey().kid() + ".jwk"), name);
                assertTrue(key.pair().isConsistent());
                assertFalse(key.toString().contains(written.get("d").textValue()), "d is no part of the text");
            }
        }
    }

    @Test
    void keepsTheWrittenFormOfCoordinates() throws Exception {
        JsonNode key = Golden.json(Golden.keyFiles("keys-p256").get(0));
        byte[] x = Golden.decode(key, "x");
        byte[] longer = new byte[x.length + 1];
        System.arraycopy(x, 0, longer, 1, x.length);
        String written = java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(longer);
        byte[] json = key.toString().replace(key.get("x").textValue(), written).getBytes(StandardCharsets.US_ASCII);
        try (PrivateJwk parsed = PrivateJwk.parse(json)) {
            assertEquals(Curve.P_256, parsed.curve());
            assertEquals(written, Golden.json(parsed.toJson()).get("x").textValue());
            assertArrayEquals(x, parsed.publicKey().point().x());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "{\"keys\":[]}", "{\"kty\":\"RSA\"}", ""})
    void readsNothingIfOneFileIsNoKeyAndNamesIt(String content) throws IOException {
        copy("keys-b");
        Files.writeString(folder.resolve("spoilt.jwk"), content);
        IOException refused = assertThrows(IOException.class, () -> TangKeyFiles.read(folder, engine));
        assertTrue(refused.getMessage().startsWith("spoilt.jwk: "), refused.getMessage());
    }

    @Test
    void quotesNothingOfAFileThatIsNoKey() throws IOException {
        Path file = Golden.keyFiles("keys-b").get(0);
        JsonNode key = Golden.json(file);
        String d = key.get("d").textValue();
        String other = Golden.json(Golden.keyFiles("keys-b").get(1)).get("d").textValue();
        Files.writeString(folder.resolve("half.jwk"), key.toString().replace(d, other));
        IOException refused = assertThrows(IOException.class, () -> TangKeyFiles.read(folder, engine));
        assertEquals("half.jwk: private and public half do not belong together", refused.getMessage());
    }

    @Test
    void leavesOtherFilesAloneAndRefusesAMissingDirectory() throws IOException {
        copy("keys-c");
        Files.writeString(folder.resolve("README"), "no key");
        Files.createDirectory(folder.resolve("backup"));
        try (TangKeyFiles keys = TangKeyFiles.read(folder, engine)) {
            assertEquals(2, keys.visible().size());
            assertEquals(List.of(), keys.hidden());
        }
        assertThrows(NoSuchFileException.class, () -> TangKeyFiles.read(folder.resolve("none"), engine));
    }

    @Test
    void wipesTheKeysWhenItIsClosed() throws IOException {
        copy("keys-b");
        TangKeyFiles keys = TangKeyFiles.read(folder, engine);
        keys.close();
        assertThrows(
                IllegalStateException.class, () -> keys.visible().get(0).pair().copyScalar());
    }
}
