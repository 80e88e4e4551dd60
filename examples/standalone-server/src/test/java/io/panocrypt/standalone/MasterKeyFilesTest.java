package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.masterkey.KeyToken;
import io.panocrypt.standalone.masterkey.MasterKeySettings;
import io.panocrypt.standalone.masterkey.Passphrase;
import io.panocrypt.standalone.masterkey.WrapSecrets;
import io.panocrypt.standalone.storage.DataDirectory;
import io.panocrypt.standalone.storage.Service;
import io.panocrypt.standalone.storage.Storage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code master-key} on this host, and a server that starts with what it makes. */
class MasterKeyFilesTest {
    @TempDir
    private Path directory;

    private Path key;
    private Path passphrase;

    private static Tool.Result command(String... arguments) {
        return Tool.main(new byte[0], arguments);
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    @BeforeEach
    void makeKey() throws IOException {
        key = directory.resolve("key");
        command("master-key", "create", key.toString()).ok();
        passphrase = secret("passphrase", "correct horse battery\n");
    }

    private Path secret(String name, String text) throws IOException {
        Path file = Files.createFile(
                directory.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, text);
    }

    private String fingerprint() throws IOException {
        try (MasterKey loaded = MasterKey.load(key)) {
            return loaded.fingerprint();
        }
    }

    private String start(MasterKeySettings settings, Path file) {
        DataDirectory files = new DataDirectory(directory.resolve("data"), file, settings);
        try (Service service = Service.open(Storage.local(files), URI.create("http://127.0.0.1"))) {
            return service.panocrypt().masterKeys().status().fingerprint();
        }
    }

    private String refusal(MasterKeySettings settings, Path file) {
        return assertThrows(StartupException.class, () -> start(settings, file)).getMessage();
    }

    private static MasterKeySettings with(Path passphrase) {
        return new MasterKeySettings(
                Optional.empty(),
                new WrapSecrets(new Passphrase(passphrase), new KeyToken("--token", null)),
                List.of());
    }

    @Test
    void makesOverwritesAndPrintsNoKey() throws IOException {
        String made = Files.readString(key);
        Tool.Result again = command("master-key", "create", key.toString());
        assertEquals(1, again.exit());
        assertTrue(again.errors().contains("already"), again.errors());
        assertEquals(made, Files.readString(key));
        Tool.Result printed = command("master-key", "create", path("other"), "--json");
        assertTrue(printed.text().matches("\\{\"fingerprint\":\"[0-9a-f]{64}\"}\n"), printed.text());
    }

    @Test
    void startsWithAWrappedKey() throws IOException {
        Path wrapped = directory.resolve("wrapped");
        command("master-key", "wrap", key.toString(), wrapped.toString(), "--passphrase-file", passphrase.toString())
                .ok();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(wrapped)));
        assertEquals(fingerprint(), start(with(passphrase), wrapped));
        assertEquals(fingerprint(), start(MasterKeySettings.DEFAULT, key), "it is the same key");
        Path wrong = secret("wrong", "correct horse batterx\n");
        assertTrue(refusal(with(wrong), wrapped).contains("the passphrase is wrong"));
        assertTrue(refusal(MasterKeySettings.DEFAULT, wrapped).contains("--master-key-passphrase-file"));
        Path open = secret("open", "correct horse battery\n");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        assertTrue(refusal(with(open), wrapped).contains("chmod 600"));
    }

    /** The server makes plain keys only, which is not what somebody with a passphrase wants. */
    @Test
    void makesNoPlainKeyWhereAPassphraseIsGiven() {
        Path missing = directory.resolve("missing");
        assertTrue(refusal(with(passphrase), missing).contains("master-key wrap"));
        assertFalse(Files.exists(missing), "a key was made");
    }

    @Test
    void wrapsUnderNoShortPassphrase() throws IOException {
        Path brief = secret("brief", "horse\n");
        Tool.Result refused =
                command("master-key", "wrap", key.toString(), path("wrapped"), "--passphrase-file", brief.toString());
        assertEquals(1, refused.exit());
        assertTrue(refused.errors().contains("12 characters"), refused.errors());
        assertFalse(refused.errors().contains("horse"), "the passphrase is printed");
        assertFalse(Files.exists(directory.resolve("wrapped")));
    }

    @Test
    void startsWithTheKeyInTheEnvironment() throws IOException {
        Path unused = directory.resolve("unused");
        MasterKeySettings settings = new MasterKeySettings(
                MasterKeySettings.inEnvironment(
                        Map.of("PANOCRYPT_MASTER_KEY", Files.readString(key).strip())),
                WrapSecrets.TYPED,
                List.of());
        assertEquals(fingerprint(), start(settings, unused));
        assertFalse(Files.exists(unused), "a file was made");
        MasterKeySettings wrong = new MasterKeySettings(
                MasterKeySettings.inEnvironment(Map.of("PANOCRYPT_MASTER_KEY", "QUJD")), WrapSecrets.TYPED, List.of());
        String refusal = refusal(wrong, unused);
        assertTrue(refusal.contains("PANOCRYPT_MASTER_KEY") && !refusal.contains("QUJD"), refusal);
        assertEquals(Optional.empty(), MasterKeySettings.inEnvironment(Map.of("PANOCRYPT_MASTER_KEY", "")));
    }

    @Test
    void splitsAndCombines() throws IOException {
        command(
                        "master-key",
                        "split",
                        key.toString(),
                        "--shares",
                        "3",
                        "--threshold",
                        "2",
                        "--out",
                        directory.toString())
                .ok();
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("share-3"))));
        assertEquals(
                fingerprint() + "\n",
                command("master-key", "verify-shares", path("share-1"), path("share-2"), path("share-3"))
                        .ok()
                        .text());
        command("master-key", "combine", "--out", path("combined"), path("share-3"), path("share-1"))
                .ok();
        assertEquals(Files.readString(key), Files.readString(directory.resolve("combined")));
        Tool.Result few = command("master-key", "verify-shares", path("share-1"));
        assertEquals(1, few.exit());
        assertTrue(few.errors().contains("2 are needed"), few.errors());
        Tool.Result impossible = command("master-key", "split", key.toString(), "--shares", "3", "--threshold", "4");
        assertEquals(2, impossible.exit());
        Tool.Result printed = command("master-key", "split", key.toString(), "--shares", "3", "--threshold", "2");
        assertEquals(
                3,
                printed.ok()
                        .text()
                        .lines()
                        .filter(line -> line.startsWith("pk1-"))
                        .count());
    }

    @Test
    void namesWhatIsMissingDuringARewrap() throws IOException {
        start(MasterKeySettings.DEFAULT, key);
        Path next = directory.resolve("next");
        command("master-key", "create", next.toString()).ok();
        DataDirectory files = new DataDirectory(
                directory.resolve("data"),
                next,
                new MasterKeySettings(Optional.empty(), WrapSecrets.TYPED, List.of(key)));
        try (Service service = Service.open(Storage.local(files), URI.create("http://127.0.0.1"))) {
            service.panocrypt().masterKeys().rewrap(Actor.HOST);
        }
        assertTrue(refusal(MasterKeySettings.DEFAULT, next).contains("--previous-master-key-file"));
        assertTrue(refusal(MasterKeySettings.DEFAULT, key).contains("sealed under another master key"));
    }
}
