package io.panocrypt.testkit.powerloss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the model of the disk with traces written by hand. */
class DiskTest {
    private static final String OPEN = "7 openat(AT_FDCWD</>, \"/d/db\", O_RDWR|O_CREAT, 0644) = 4</d/db>";
    private static final String OPEN_FOLDER = "7 openat(AT_FDCWD</>, \"/d\", O_RDONLY) = 5</d>";
    private static final String SYNC_FOLDER = "7 fsync(5</d>) = 0";
    private static final String SYNC = "7 fdatasync(4</d/db>) = 0";

    @TempDir
    private Path folder;

    private static String write(int offset, String text) {
        return "7 pwrite64(4</d/db>, \"" + text + "\", " + text.length() + ", " + offset + ") = " + text.length();
    }

    private Disk after(String... lines) throws IOException {
        Disk disk = new Disk(Path.of("/d"), Set.of("db"));
        Path file = Files.write(folder.resolve("trace"), List.of(lines), StandardCharsets.ISO_8859_1);
        Trace.read(file).forEach(disk::see);
        return disk;
    }

    private Map<String, String> synced(Disk disk) throws IOException {
        Path image = Files.createTempDirectory(folder, "image");
        disk.writeSynced(image);
        return contents(image);
    }

    private static Map<String, String> contents(Path image) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (var files = Files.list(image)) {
            for (Path file : files.toList()) {
                contents.put(file.getFileName().toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    @Test
    void keepsWhatWasSyncedAndNothingElse() throws IOException {
        Disk disk = after(OPEN, OPEN_FOLDER, write(0, "one"), SYNC, SYNC_FOLDER, write(3, "two"));
        assertEquals(Map.of("db", "one"), synced(disk));
    }

    @Test
    void keepsNoNewNameBeforeItsFolderIsSynced() throws IOException {
        assertEquals(Map.of(), synced(after(OPEN, write(0, "one"), SYNC)));
    }

    @Test
    void removesNoNameBeforeItsFolderIsSynced() throws IOException {
        String unlink = "7 unlink(\"/d/db\") = 0";
        assertEquals(Map.of("db", "one"), synced(after(OPEN, OPEN_FOLDER, write(0, "one"), SYNC, SYNC_FOLDER, unlink)));
        assertEquals(
                Map.of(), synced(after(OPEN, OPEN_FOLDER, write(0, "one"), SYNC, SYNC_FOLDER, unlink, SYNC_FOLDER)));
    }

    @Test
    void trustsASyncOnlyOnceItHasReturned() throws IOException {
        String begins = "8 fdatasync(4</d/db> <unfinished ...>";
        String ends = "8 <... fdatasync resumed>) = 0";
        String[] started = {OPEN, OPEN_FOLDER, SYNC_FOLDER, write(0, "one"), begins};
        assertEquals(Map.of("db", ""), synced(after(started)));
        Disk disk = after(OPEN, OPEN_FOLDER, SYNC_FOLDER, write(0, "one"), begins, write(3, "two"), ends);
        assertEquals(Map.of("db", "one"), synced(disk));
    }

    @Test
    void trustsNoSyncThatFailed() throws IOException {
        String failed = "7 fdatasync(4</d/db>) = -1 EIO (Input/output error)";
        assertEquals(Map.of("db", ""), synced(after(OPEN, OPEN_FOLDER, SYNC_FOLDER, write(0, "one"), failed)));
    }

    @Test
    void keepsAnyPartOfWhatWasNotSynced() throws IOException {
        String cut = "7 ftruncate(4</d/db>, 0) = 0";
        Disk disk = after(OPEN, OPEN_FOLDER, write(0, "one"), SYNC, SYNC_FOLDER, cut, write(0, "2"));
        Set<String> seen = new HashSet<>();
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            Path image = Files.createTempDirectory(folder, "image");
            disk.writeTorn(image, random);
            seen.add(contents(image).get("db"));
        }
        // All four; and if the file was truncated and the write is lost but not its length, any byte.
        assertEquals(true, seen.containsAll(Set.of("one", "", "2", "2ne")), seen.toString());
    }

    @Test
    void refusesAWayOfWritingThatItDoesNotKnow() {
        assertThrows(IllegalStateException.class, () -> after(OPEN, "7 write(4</d/db>, \"a\", 1) = 1"));
        assertThrows(
                IllegalStateException.class,
                () -> after(OPEN, "7 mmap(NULL, 9, PROT_READ|PROT_WRITE, MAP_SHARED, 4</d/db>, 0) = 0x7f0"));
        assertThrows(IllegalStateException.class, () -> after(OPEN, "7 fallocate(4</d/db>, 0, 0, 9) = 0"));
    }

    @Test
    void readsTheBytesOfACString() {
        byte[] bytes = SystemCall.parse("pwrite64(4</d/db>, \"a\\0\\0019\\377\\n\\\"\\\\\\v), = 3\\33\", 14, 0) = 14")
                .bytes(1);
        assertArrayEquals(
                new byte[] {'a', 0, 1, '9', (byte) 255, '\n', '"', '\\', 11, ')', ',', ' ', '=', ' ', '3', 27}, bytes);
    }
}
