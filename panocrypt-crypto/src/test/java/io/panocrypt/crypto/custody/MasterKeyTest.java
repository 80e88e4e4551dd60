package io.panocrypt.crypto.custody;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MasterKeyTest {
    @TempDir
    Path folder;

    private Path write(String content, String mode) throws IOException {
        Path file = folder.resolve("key");
        Files.writeString(file, content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void isTheSameAfterLoading() throws IOException {
        Path file = folder.resolve("master.key");
        try (MasterKey made = MasterKey.create(file, new SecureRandom());
                MasterKey loaded = MasterKey.load(file)) {
            assertEquals(made.fingerprint(), loaded.fingerprint());
            assertArrayEquals(made.derive("a"), loaded.derive("a"));
        }
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertTrue(Files.readString(file).matches("[\\w-]{43}\n"));
    }

    @Test
    void doesNotReplaceAnExistingFile() throws IOException {
        Path file = write("precious", "rw-------");
        assertThrows(FileAlreadyExistsException.class, () -> MasterKey.create(file, new SecureRandom()));
        assertEquals("precious", Files.readString(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rw---x---", "r--r--r--"})
    void refusesAFileThatGroupOrOthersMayTouch(String mode) throws IOException {
        Path file = write("A".repeat(43) + "\n", mode);
        IOException refusal = assertThrows(IOException.class, () -> MasterKey.load(file));
        assertTrue(refusal.getMessage().contains("chmod 600"), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "A", "AAAA\n"})
    void refusesAShortFile(String content) throws IOException {
        Path file = write(content, "rw-------");
        assertThrows(IOException.class, () -> MasterKey.load(file));
    }

    @Test
    void refusesALongOrMalformedFileWithoutQuotingIt() throws IOException {
        String digits = "Q".repeat(42);
        for (String content : new String[] {
            digits + "Q", digits + "Q\n\n", digits + "QQ\n", digits + "+\n", digits + "=\n", digits + "Q\r\n"
        }) {
            Path file = write(content, "rw-------");
            IOException refusal = assertThrows(IOException.class, () -> MasterKey.load(file));
            assertFalse(refusal.toString().contains("QQ") || refusal.getCause() != null, refusal.toString());
        }
    }

    @Test
    void refusesAMissingFileAndAFolder() {
        assertThrows(IOException.class, () -> MasterKey.load(folder.resolve("none")));
        assertThrows(IOException.class, () -> MasterKey.load(folder));
    }

    @Test
    void hasAFingerprintApartFromEverythingElse() throws IOException {
        try (MasterKey one = MasterKey.create(folder.resolve("one"), new SecureRandom());
                MasterKey two = MasterKey.create(folder.resolve("two"), new SecureRandom())) {
            assertTrue(one.fingerprint().matches("[0-9a-f]{64}"));
            assertNotEquals(one.fingerprint(), two.fingerprint());
            assertNotEquals(one.fingerprint(), HexFormat.of().formatHex(one.derive("panocrypt/sealed-key/v1")));
        }
    }

    @Test
    void servesNobodyAfterClose() throws IOException {
        MasterKey key = MasterKey.create(folder.resolve("one"), new SecureRandom());
        key.close();
        key.close();
        assertThrows(IllegalStateException.class, key::fingerprint);
    }
}
