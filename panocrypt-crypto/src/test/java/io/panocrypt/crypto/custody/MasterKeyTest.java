package io.panocrypt.crypto.custody;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
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

    @Test
    void mayBeReadByTheGroupInTheDirectoryOfCredentialsOnly() throws IOException {
        Path file = write("A".repeat(43) + "\n", "r--r-----");
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        assertEquals(44, SecretFile.read(file, 100, "master key", folder).length);
        assertThrows(IOException.class, () -> SecretFile.read(file, 100, "master key", elsewhere));
        assertThrows(IOException.class, () -> SecretFile.read(file, 100, "master key", folder.resolve("none")));
        assertThrows(IOException.class, () -> SecretFile.read(file, 100, "master key", null));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        assertThrows(IOException.class, () -> SecretFile.read(file, 100, "master key", folder));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        assertEquals(44, SecretFile.read(file, 100, "master key", null).length);
    }

    @Test
    void refusesAFileThatIsTooLong() throws IOException {
        Path file = write("A".repeat(101), "rw-------");
        assertThrows(IOException.class, () -> SecretFile.read(file, 100, "share", null));
    }

    @Test
    void readsTheFormOfItsFileWithAndWithoutALineFeed() throws IOException {
        Path file = folder.resolve("key");
        try (MasterKey made = MasterKey.create(file, new SecureRandom())) {
            byte[] line = Files.readAllBytes(file);
            assertArrayEquals(made.copy(), MasterKey.parse(line).copy());
            assertArrayEquals(
                    made.copy(), MasterKey.parse(Arrays.copyOf(line, 43)).copy());
        }
        for (String wrong :
                new String[] {"", "A".repeat(42), "A".repeat(44), "A".repeat(42) + "+", "A".repeat(43) + "\n\n"}) {
            IllegalArgumentException refusal = assertThrows(
                    IllegalArgumentException.class, () -> MasterKey.parse(wrong.getBytes(StandardCharsets.US_ASCII)));
            assertFalse(refusal.getMessage().contains("AA"), "the message quotes the key");
        }
    }

    private static final class Xor implements MasterKeyWrap {
        @Override
        public byte[] wrap(byte[] key) {
            byte[] wrapped = key.clone();
            wrapped[0] ^= 1;
            return wrapped;
        }

        @Override
        public byte[] unwrap(byte[] wrapped) {
            return wrap(wrapped);
        }

        @Override
        public void close() {
            // It has no secret.
        }
    }

    @Test
    void isTheSameAfterWrapping() {
        try (MasterKey made = MasterKey.generate(new SecureRandom())) {
            byte[] wrapped = made.wrap(new Xor());
            assertArrayEquals(made.copy(), MasterKey.unwrap(new Xor(), wrapped).copy());
            assertThrows(CustodyException.class, () -> MasterKey.unwrap(new Xor(), new byte[31]));
        }
    }
}
