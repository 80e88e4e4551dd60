package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.tang.TangKeyDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyImportTest extends CliFixture {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Path keys = Path.of("");

    @BeforeEach
    void makeKeys() throws IOException {
        keys = Files.createDirectory(dir.resolve("tang"));
        new TangKeyDirectory(keys, new JcaEngine(new SecureRandom())).advertisement(null);
        server.on("POST /devices/import", 200, DEVICE);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(keys)) {
            return all.sorted().toList();
        }
    }

    private Ran runImport(String... more) {
        return run(Stream.concat(Stream.of("key", "import", keys.toString(), "--name", "site"), Stream.of(more))
                .toArray(String[]::new));
    }

    @Test
    void sendsTheKeysOfTheDirectoryAndTheDevicesSettings() throws IOException {
        Path hidden = files().get(0);
        Files.move(hidden, keys.resolve("." + hidden.getFileName()));

        Ran ran = runImport("--source", "192.0.2.0/28", "--tag", "room=1", "--require-approval");

        assertDone(ran);
        assertEquals("POST /devices/import", server.last().line());
        JsonNode sent = MAPPER.readTree(server.last().body());
        assertEquals("site", sent.path("name").asText());
        assertEquals("[\"room=1\"]", sent.path("tags").toString());
        assertTrue(sent.path("requireApproval").asBoolean());
        assertEquals(1, sent.path("keys").size());
        assertEquals(
                MAPPER.readTree(Files.readAllBytes(keys.resolve("." + hidden.getFileName()))),
                sent.path("hiddenKeys").path(0));
        assertEquals(2, files().size(), "the directory is only read");
        assertEquals("""
                id           abc234
                name         web1
                generations  2
                thumbprint   thp
                serve with   --root-device=web1
                """, ran.out());
        String d = sent.path("keys").path(0).path("d").asText();
        assertFalse((ran.out() + ran.err()).contains(d), "no private key is printed");
    }

    @Test
    void importsNothingIfAFileIsNoKeyAndNamesIt() throws IOException {
        Files.writeString(keys.resolve("broken.jwk"), "{\"d\":\"secret\"}");
        Ran ran = runImport();
        assertEquals(2, ran.exitCode());
        assertEquals(
                "nothing was imported from " + keys + ": broken.jwk: not an EC key: crv is missing",
                ran.err().lines().findFirst().orElse(""));
        assertTrue(server.lines().isEmpty(), "the server was not asked");
    }

    @Test
    void importsNothingIfAFileMayNotBeRead() throws IOException {
        Path file = files().get(0);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeTrue(!Files.isReadable(file), "this user reads every file");
        Ran ran = runImport();
        assertEquals(2, ran.exitCode());
        assertTrue(ran.err().contains(file.getFileName() + ": this process may not read it"), ran.err());
    }

    @Test
    void refusesAMissingDirectory() {
        Ran ran = run("key", "import", dir.resolve("none").toString(), "--name", "site");
        assertEquals(2, ran.exitCode());
        assertTrue(ran.err().startsWith(dir.resolve("none") + " is not a directory"), ran.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://192.0.2.1:1", "http://tang.example:1", "http://127.0.0.1.example:1"})
    void sendsNoPrivateKeyInClearToAnotherHost(String url) {
        Ran ran = runAsTyped(
                "key", "import", keys.toString(), "--name", "site", "--url", url, "--token-file", tokenFile.toString());
        assertEquals(2, ran.exitCode());
        assertTrue(ran.err().startsWith("the private keys would cross the network in clear"), ran.err());
    }

    @Test
    void printsTheKitAloneOnStandardOutput() {
        String advertisement = "{\"payload\":\"p\",\"protected\":\"h\",\"signature\":\"s\"}";
        server.on(
                "GET /devices/" + ID + "/advertisement",
                200,
                "{\"id\":\"abc234\",\"unlockUrl\":\"http://h/u/t\",\"thumbprint\":\"thp\",\"advertisement\":"
                        + advertisement + "}");
        assertEquals(
                new Ran(
                        0,
                        advertisement + "\n",
                        "clevis luks bind -d /dev/... tang"
                                + " '{\"url\":\"http://h/u/t\",\"thp\":\"thp\",\"adv\":\"FILE\"}'\n"),
                run("device", "kit", "web1"));
    }
}
