package io.panocrypt.crypto.custody;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinFileTest {
    @TempDir
    Path folder;

    private PinFile file(byte[] content, String rights) throws IOException {
        Path file = folder.resolve("pin");
        Files.write(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
        return new PinFile(file);
    }

    private PinFile file(String content) throws IOException {
        return file(content.getBytes(StandardCharsets.UTF_8), "rw-------");
    }

    @Test
    void readsOneLine() throws IOException {
        assertArrayEquals("1234".toCharArray(), file("1234\n").read());
        assertArrayEquals("12 34".toCharArray(), file("12 34").read());
        assertArrayEquals(
                "g\u00fcn\u20ac".toCharArray(), file("g\u00fcn\u20ac\n").read());
        assertArrayEquals("7".repeat(255).toCharArray(), file("7".repeat(255)).read());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "1234\n\n", "1234\n5678", "1234\r\n", "12\u000034"})
    void refusesOtherContent(String content) throws IOException {
        PinFile file = file(content);
        String message = assertThrows(IOException.class, file::read).getMessage();
        assertFalse(message.contains("1234"), message);
    }

    @Test
    void refusesALongFileAndBytesThatAreNoText() throws IOException {
        PinFile longer = file("7".repeat(256));
        assertThrows(IOException.class, longer::read);
        PinFile malformed = file(new byte[] {'1', '2', (byte) 0xff}, "rw-------");
        assertThrows(IOException.class, malformed::read);
        PinFile cut = file(new byte[] {'1', '2', (byte) 0xc3}, "rw-------");
        assertThrows(IOException.class, cut::read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rw---x---"})
    void refusesAFileThatIsOpenToOthers(String rights) throws IOException {
        PinFile file = file("1234\n".getBytes(StandardCharsets.UTF_8), rights);
        String message = assertThrows(IOException.class, file::read).getMessage();
        assertTrue(message.contains("chmod 600"), message);
    }

    @Test
    void refusesAMissingFile() {
        assertThrows(IOException.class, () -> new PinFile(folder.resolve("none")).read());
    }
}
