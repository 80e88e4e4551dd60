package io.panocrypt.crypto.custody;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedFileTest {
    private static final String PURPOSE = "test/v1";
    private static final String LINE = "{\"what\":\"a test\"}";
    private static final int CHUNK = 65_536;
    private static final int SEALED = CHUNK + 16;
    private static final int BEGIN = LINE.length() + 1 + 32;

    @TempDir
    Path folder;

    private MasterKey master;

    @BeforeEach
    void load() throws IOException {
        master = key("master", (byte) 7);
    }

    @AfterEach
    void close() {
        master.close();
    }

    private MasterKey key(String name, byte fill) throws IOException {
        byte[] secret = new byte[32];
        Arrays.fill(secret, fill);
        Path file = folder.resolve(name);
        Files.writeString(file, Base64.getUrlEncoder().withoutPadding().encodeToString(secret) + "\n");
        return MasterKey.load(Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------")));
    }

    private byte[] seal(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SealedFileWriter writer = new SealedFileWriter(master, PURPOSE, LINE, new SecureRandom(), out)) {
            writer.write(content);
            writer.finish();
        }
        return out.toByteArray();
    }

    private SealedFileReader open(byte[] file) throws IOException {
        return SealedFileReader.open(Files.write(folder.resolve("sealed"), file), master, PURPOSE);
    }

    private static byte[] content(int length, long seed) {
        byte[] content = new byte[length];
        new Random(seed).nextBytes(content);
        return content;
    }

    private static byte[] read(SealedFileReader reader, long from, int most) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(most);
        while (buffer.hasRemaining() && reader.read(buffer, from + buffer.position()) > 0) {
            // Reads on.
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** The form is written down: a file of today must open in every later release. */
    @Test
    void hasTheFormThatItsPageDescribes() throws Exception {
        byte[] file = seal("hello".getBytes(StandardCharsets.UTF_8));
        byte[] salt = Arrays.copyOfRange(file, BEGIN - 32, BEGIN);
        byte[] line = (LINE + "\n").getBytes(StandardCharsets.UTF_8);
        assertArrayEquals(line, Arrays.copyOf(file, line.length));
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) 7);
        byte[] purpose = hmac(secret, (PURPOSE + "\u0001").getBytes(StandardCharsets.UTF_8));
        ByteBuffer info = ByteBuffer.allocate(65)
                .put(salt)
                .put(MessageDigest.getInstance("SHA-256").digest(line))
                .put((byte) 1);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(hmac(purpose, info.array()), "AES"),
                new GCMParameterSpec(128, HexFormat.of().parseHex("000000000000000000000001")));
        byte[] chunk = Arrays.copyOfRange(file, BEGIN, file.length);
        assertEquals("hello", new String(cipher.doFinal(chunk), StandardCharsets.UTF_8));
    }

    private static byte[] hmac(byte[] key, byte[] input) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(input);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17})
    void givesBackWhatWasSealed(int length) throws IOException {
        byte[] content = content(length, length);
        try (SealedFileReader reader = open(seal(content))) {
            assertEquals(length, reader.size());
            assertArrayEquals(content, read(reader, 0, length + 1));
            assertEquals(-1, reader.read(ByteBuffer.allocate(1), length));
        }
        assertEquals(LINE, SealedFileReader.line(folder.resolve("sealed")));
    }

    @Test
    void readsFromAnyPosition() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] content = content(3 * CHUNK + 100, seed);
        try (SealedFileReader reader = open(seal(content))) {
            for (int i = 0; i < 200; i++) {
                int from = random.nextInt(content.length);
                int most = random.nextInt(content.length - from + 1);
                assertArrayEquals(
                        Arrays.copyOfRange(content, from, from + most), read(reader, from, most), "seed " + seed);
            }
        }
    }

    @Test
    void writesInPiecesOfAnySize() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] content = content(2 * CHUNK + 5, seed);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SealedFileWriter writer = new SealedFileWriter(master, PURPOSE, LINE, new SecureRandom(), out)) {
            int at = 0;
            writer.write(content[at++]);
            while (at < content.length) {
                int part = Math.min(content.length - at, random.nextInt(CHUNK + CHUNK / 2));
                writer.write(content, at, part);
                at += part;
            }
            writer.finish();
            writer.finish();
            assertThrows(IOException.class, () -> writer.write(1));
        }
        try (SealedFileReader reader = open(out.toByteArray())) {
            assertArrayEquals(content, read(reader, 0, content.length), "seed " + seed);
        }
    }

    /** A writer that was left by an exception is closed, and must not make a part look whole. */
    @Test
    void isNotWholeWithoutItsEnd() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SealedFileWriter writer = new SealedFileWriter(master, PURPOSE, LINE, new SecureRandom(), out)) {
            writer.write(content(3 * CHUNK, 1));
        }
        assertThrows(SealedFileException.class, () -> open(out.toByteArray()));
    }

    @Test
    void findsEveryByteThatIsFlipped() throws IOException {
        byte[] file = seal(content(100, 2));
        for (int i = 0; i < file.length; i++) {
            byte[] changed = file.clone();
            changed[i] ^= (byte) (1 << i % 8);
            assertRefused(changed, "byte " + i);
        }
    }

    @Test
    void findsBytesFlippedInALongFile() throws IOException {
        byte[] file = seal(content(3 * CHUNK + 5, 3));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            byte[] changed = file.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            assertRefused(changed, "seed " + seed);
        }
    }

    @Test
    void findsWhereItWasCut() throws IOException {
        byte[] file = seal(content(3 * CHUNK, 4));
        List<Integer> ends = new ArrayList<>(List.of(0, 1, LINE.length(), LINE.length() + 1, BEGIN - 1, BEGIN));
        for (int chunk = 0; chunk < 3; chunk++) {
            int end = BEGIN + chunk * SEALED;
            ends.addAll(List.of(end, end + 1, end + 15, end + 16, end + 17, end + SEALED - 1));
        }
        for (int end : ends) {
            assertRefused(Arrays.copyOf(file, end), "cut at " + end);
        }
        assertRefused(Arrays.copyOf(file, file.length + 1), "one byte more");
    }

    @Test
    void findsChunksThatWereMovedDoubledOrLeftOut() throws IOException {
        byte[] file = seal(content(4 * CHUNK, 5));
        for (List<Integer> order : List.of(
                List.of(1, 0, 2, 3),
                List.of(0, 2, 1, 3),
                List.of(0, 0, 1, 2, 3),
                List.of(0, 1, 3),
                List.of(0, 1, 2),
                List.of(0, 1, 2, 3, 3),
                List.of(3))) {
            ByteArrayOutputStream changed = new ByteArrayOutputStream();
            changed.write(file, 0, BEGIN);
            order.forEach(chunk -> changed.write(file, BEGIN + chunk * SEALED, SEALED));
            assertRefused(changed.toByteArray(), order.toString());
        }
    }

    @Test
    void findsAChunkOfAnotherFile() throws IOException {
        byte[] file = seal(content(2 * CHUNK, 6));
        byte[] other = seal(content(2 * CHUNK, 6));
        System.arraycopy(other, BEGIN, file, BEGIN, SEALED);
        assertRefused(file, "the first chunk of another");
    }

    @Test
    void opensUnderNoOtherKeyOrPurpose() throws IOException {
        Path file = Files.write(folder.resolve("sealed"), seal(content(10, 7)));
        try (MasterKey other = key("other", (byte) 8)) {
            assertThrows(SealedFileException.class, () -> SealedFileReader.open(file, other, PURPOSE));
        }
        assertThrows(SealedFileException.class, () -> SealedFileReader.open(file, master, "test/v2"));
    }

    @Test
    void findsAChangeAfterItWasOpened() throws IOException {
        byte[] sealed = seal(content(3 * CHUNK, 8));
        try (SealedFileReader reader = open(sealed)) {
            sealed[BEGIN + 5] ^= 1;
            Files.write(folder.resolve("sealed"), sealed);
            assertThrows(SealedFileException.class, () -> reader.read(ByteBuffer.allocate(10), 0));
        }
    }

    @Test
    void sealsNoTwoFilesAlike() throws IOException {
        byte[] content = content(100, 9);
        assertFalse(Arrays.equals(seal(content), seal(content)));
    }

    @Test
    void refusesALineThatIsNone() {
        for (String line : List.of("two\nlines", "x".repeat(4_096))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new SealedFileWriter(master, PURPOSE, line, new SecureRandom(), new ByteArrayOutputStream()));
        }
    }

    private void assertRefused(byte[] file, String what) {
        IOException refusal = assertThrows(SealedFileException.class, () -> open(file), what);
        assertTrue(refusal.getMessage().contains("file"), refusal.getMessage());
    }
}
