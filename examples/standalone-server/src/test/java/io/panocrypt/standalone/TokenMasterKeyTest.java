package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.testkit.support.RequiresTools;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose master key is wrapped under a key in a PKCS#11 token. */
@RequiresTools(SoftHsmTokens.UTIL)
@Tag("long")
class TokenMasterKeyTest {
    @TempDir
    private Path directory;

    private final Client client = new Client(Curve.P_256);
    private SoftHsmTokens hsm;
    private String uri;
    private Path data;
    private Path plain;
    private Path wrapped;

    @BeforeEach
    void makeTokens() throws IOException, InterruptedException {
        hsm = new SoftHsmTokens(Files.createDirectory(directory.resolve("hsm")), "unlock", "other");
        uri = hsm.uri("unlock");
        data = directory.resolve("data");
        plain = directory.resolve("plain");
        wrapped = directory.resolve("wrapped");
        hsm.command("master-key", "create", plain.toString()).ok();
    }

    private Tool.Result wrap(Path from, Path to, String... options) {
        List<String> arguments = new ArrayList<>(List.of("master-key", "wrap", from.toString(), to.toString()));
        arguments.addAll(Arrays.asList(options));
        return hsm.command(arguments.toArray(String[]::new));
    }

    private Path secret(String name, byte[] content) throws IOException {
        Path file = Files.createFile(
                directory.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.write(file, content);
    }

    private String fingerprint() throws IOException {
        try (MasterKey key = MasterKey.load(plain)) {
            return key.fingerprint() + "\n";
        }
    }

    private ServerProcess serve(Path key, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of("--master-key-file", key.toString()));
        options.addAll(Arrays.asList(more));
        return ServerProcess.serveIn(hsm.environment(), data, 0, options.toArray(String[]::new));
    }

    /** What a command says that opens the store, or would. */
    private Tool.Result open(Path key, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("admin-token", "--data", data.toString(), "--master-key-file", key.toString()));
        arguments.addAll(Arrays.asList(more));
        return hsm.command(arguments.toArray(String[]::new));
    }

    private static void assertRefused(int exit, String reason, Tool.Result refused) {
        assertEquals(exit, refused.exit(), refused::errors);
        List<String> lines = refused.errors()
                .lines()
                .filter(line -> !line.startsWith("see '") && !line.startsWith("WARNING"))
                .toList();
        assertTrue(refused.errors().contains(reason), refused::errors);
        assertEquals(1, lines.size(), refused::errors);
        for (String pin : List.of(SoftHsmTokens.PIN, SoftHsmTokens.WRONG_PIN)) {
            assertFalse((refused.errors() + refused.text()).contains(pin), refused::errors);
        }
    }

    @Test
    void wrapsTheSameKeyAndNamesNeitherTokenNorPin() throws Exception {
        assertEquals(fingerprint(), wrap(plain, wrapped, "--pkcs11", uri).ok().text());
        String envelope = Files.readString(wrapped);
        assertTrue(
                envelope.matches("\\{\"v\":1,\"wrap\":\"pkcs11-aes-gcm\",\"alias\":\"panocrypt-master-key\","
                        + "\"sealed\":\"[A-Za-z0-9+/]{82}==\"}\n"),
                envelope);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(wrapped)));
        long objects = hsm.objects();
        assertRefused(1, "already", wrap(plain, wrapped, "--pkcs11", hsm.uri("other")));
        assertEquals(objects, hsm.objects(), "a key was made in the other token");
        assertEquals(envelope, Files.readString(wrapped));
        Path moved = directory.resolve("moved");
        String other = hsm.uri("other");
        assertEquals(
                fingerprint(),
                wrap(wrapped, moved, "--from-pkcs11", uri, "--pkcs11", other)
                        .ok()
                        .text());
        Path passphrase = secret("passphrase", "correct horse battery\n".getBytes(StandardCharsets.UTF_8));
        Path back = directory.resolve("back");
        assertEquals(
                fingerprint(),
                wrap(moved, back, "--from-pkcs11", other, "--passphrase-file", passphrase.toString())
                        .ok()
                        .text());
        String shares = directory.toString();
        hsm.command(
                        "master-key",
                        "split",
                        wrapped.toString(),
                        "--from-pkcs11",
                        uri,
                        "--shares",
                        "3",
                        "--threshold",
                        "2",
                        "--out",
                        shares)
                .ok();
        assertEquals(
                fingerprint(),
                hsm.command("master-key", "verify-shares", shares + "/share-1", shares + "/share-3")
                        .ok()
                        .text());
        assertEquals(
                2,
                wrap(plain, directory.resolve("no"), "--pkcs11", uri, "--passphrase-file", passphrase.toString())
                        .exit());
    }

    @Test
    void refusesWhatDoesNotFitAndChangesNothing() throws Exception {
        wrap(plain, wrapped, "--pkcs11", uri).ok();
        serve(plain).terminate();
        byte[] token = Files.readAllBytes(data.resolve("admin-token"));
        byte[] envelope = Files.readAllBytes(wrapped);
        assertRefused(2, "name the token with --master-key-pkcs11", open(wrapped));
        assertRefused(2, "pin-value is refused", open(wrapped, "--master-key-pkcs11", uri + "&pin-value=98765"));
        assertRefused(1, "no secret key panocrypt-master-key", open(wrapped, "--master-key-pkcs11", hsm.uri("other")));
        assertRefused(1, "is not there", open(wrapped, "--master-key-pkcs11", hsm.uri("lost")));
        wrap(plain, directory.resolve("second"), "--pkcs11", hsm.uri("other")).ok();
        assertRefused(1, "cannot use the master key", open(wrapped, "--master-key-pkcs11", hsm.uri("other")));
        Path cut = secret("cut", Arrays.copyOf(envelope, envelope.length - 3));
        assertRefused(1, "or damaged", open(cut, "--master-key-pkcs11", uri));
        // The version, the kind, the alias, the nonce, the key, and a spare bit of base64.
        for (int at : new int[] {5, 20, 45, 80, 130, envelope.length - 6}) {
            byte[] flipped = envelope.clone();
            flipped[at] ^= 1;
            Path file = secret("flipped-" + at, flipped);
            assertRefused(1, "cannot use the master key " + file, open(file, "--master-key-pkcs11", uri));
        }
        assertTrue(Arrays.equals(token, Files.readAllBytes(data.resolve("admin-token"))), "the token was replaced");
        long objects = hsm.objects();
        hsm.writePin(SoftHsmTokens.WRONG_PIN);
        assertRefused(5, "refused the PIN, which is not tried again", open(wrapped, "--master-key-pkcs11", uri));
        assertRefused(
                5,
                "refused the PIN, which is not tried again",
                hsm.command(
                        "serve",
                        "--data",
                        data.toString(),
                        "--listen",
                        "127.0.0.1:0",
                        "--master-key-file",
                        wrapped.toString(),
                        "--previous-master-key-file",
                        wrapped.toString(),
                        "--master-key-pkcs11",
                        uri));
        assertRefused(1, "refused the PIN", wrap(plain, directory.resolve("no"), "--pkcs11", uri));
        assertFalse(Files.exists(directory.resolve("no")));
        assertEquals(objects, hsm.objects());
        Path missing = directory.resolve("missing");
        assertRefused(
                1,
                "master-key wrap",
                hsm.command(
                        "serve",
                        "--data",
                        directory.resolve("new").toString(),
                        "--listen",
                        "127.0.0.1:0",
                        "--master-key-file",
                        missing.toString(),
                        "--master-key-pkcs11",
                        uri));
        assertFalse(Files.exists(missing), "a plain key was made");
        hsm.writePin(SoftHsmTokens.PIN);
        open(wrapped, "--master-key-pkcs11", uri).ok();
    }

    @Test
    void backsUpAndRestoresWithTheToken() throws Exception {
        wrap(plain, wrapped, "--pkcs11", uri).ok();
        try (ServerProcess server = serve(wrapped, "--master-key-pkcs11", uri)) {
            server.call("POST", "/devices", "{\"name\":\"web-1\"}").ok();
            server.terminate();
        }
        String backup = directory.resolve("site.backup").toString();
        String[] key = {"--master-key-file", wrapped.toString(), "--master-key-pkcs11", uri};
        command(key, "backup", backup, "--data", data.toString()).ok();
        String verified = command(key, "backup", "verify", backup).ok().text();
        assertTrue(verified.contains("device"), verified);
        Path restored = directory.resolve("restored");
        command(key, "restore", backup, "--data", restored.toString()).ok();
        command(key, "admin-token", "--data", restored.toString()).ok();
        hsm.writePin(SoftHsmTokens.WRONG_PIN);
        assertRefused(5, "refused the PIN", command(key, "backup", "verify", backup));
    }

    private Tool.Result command(String[] key, String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(Arrays.asList(key));
        return hsm.command(all.toArray(String[]::new));
    }

    @Test
    void movesASiteIntoTheTokenAndBack() throws Exception {
        Path next = directory.resolve("next");
        hsm.command("master-key", "create", next.toString()).ok();
        wrap(next, wrapped, "--pkcs11", uri).ok();
        Files.delete(next);
        JsonNode device;
        try (ServerProcess server = serve(plain)) {
            device = server.call(
                            "POST", "/devices", "{\"name\":\"web\",\"sources\":[\"127.0.0.1/32\"],\"curve\":\"P-256\"}")
                    .ok();
            assertEquals(200, unlock(server, device));
            server.terminate();
        }
        String old = plain.toString();
        rewrap(device, wrapped, "--previous-master-key-file", old, "--master-key-pkcs11", uri);
        Files.delete(plain);
        // The same token has the keys of devices, too.
        try (ServerProcess server = serve(wrapped, "--master-key-pkcs11", uri, "--pkcs11", uri)) {
            assertEquals(200, unlock(server, device), "after the old key is gone");
            JsonNode own = server.call(
                            "POST",
                            "/devices",
                            "{\"name\":\"db\",\"sources\":[\"127.0.0.1/32\"],\"curve\":\"P-256\",\"custody\":\"pkcs11\"}")
                    .ok();
            assertEquals(200, unlock(server, own));
            server.call("POST", "/devices/" + own.get("id").asText() + "/revoke", "{\"confirm\":\"db\"}")
                    .ok();
            server.terminate();
        }
        hsm.command("master-key", "create", next.toString()).ok();
        rewrap(device, next, "--previous-master-key-file", wrapped.toString(), "--master-key-pkcs11", uri);
        Files.delete(wrapped);
        try (ServerProcess server = serve(next)) {
            assertEquals(200, unlock(server, device), "without the token");
            assertTrue(server.call("POST", "/history/verify", "")
                    .ok()
                    .get("intact")
                    .asBoolean());
        }
    }

    private void rewrap(JsonNode device, Path key, String... more) throws Exception {
        try (ServerProcess server = serve(key, more)) {
            server.call("POST", "/master-key/rewrap", "").ok();
            long deadline = System.nanoTime() + TestTimeout.MAX.toNanos();
            JsonNode status = server.call("GET", "/master-key", "").ok();
            while (!status.get("settled").asBoolean()) {
                assertTrue(System.nanoTime() < deadline, status::toString);
                TimeUnit.SECONDS.sleep(2);
                status = server.call("GET", "/master-key", "").ok();
            }
            assertEquals(200, unlock(server, device));
            server.terminate();
        }
    }

    private int unlock(ServerProcess server, JsonNode device) throws IOException, InterruptedException {
        String path = URI.create(device.get("unlockUrl").asText()).getPath();
        String kid = device.get("keys").get(0).get("exchange").asText();
        return client.recover(URI.create(server.url() + path), kid);
    }
}
