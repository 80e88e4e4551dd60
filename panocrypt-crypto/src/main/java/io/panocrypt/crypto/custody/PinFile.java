package io.panocrypt.crypto.custody;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/** The file with a token's PIN: one line, which only the file's owner may read. */
final class PinFile {
    private static final int MAX_BYTES = 255;
    private static final Set<PosixFilePermission> OWNERS =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private final Path file;

    PinFile(Path file) {
        this.file = file;
    }

    /**
     * Reads the PIN, without the line feed at the end.
     *
     * @return the PIN, which the caller wipes
     * @throws IOException if the file cannot be read, if its group or others have any permission on it, or if it is not
     *     one line of 1 to 255 bytes of UTF-8
     */
    char[] read() throws IOException {
        refuseSharedFile();
        byte[] content = new byte[MAX_BYTES + 2];
        try {
            int length = read(content);
            int end = length > 0 && content[length - 1] == '\n' ? length - 1 : length;
            return decode(content, end);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private int read(byte[] content) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // until the end of the file
            }
        }
        return buffer.position();
    }

    private char[] decode(byte[] content, int end) throws IOException {
        CharBuffer decoded = CharBuffer.allocate(MAX_BYTES + 2);
        try {
            boolean malformed = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content, 0, end), decoded, true)
                    .isError();
            char[] pin = Arrays.copyOf(decoded.array(), decoded.position());
            if (malformed || end < 1 || end > MAX_BYTES || isOnSeveralLines(pin)) {
                Arrays.fill(pin, '\0');
                throw new CharacterCodingException();
            }
            return pin;
        } catch (CharacterCodingException e) {
            // The decoder's message would describe the content.
            throw new IOException("PIN file " + file + " is not one line of 1 to " + MAX_BYTES + " bytes");
        } finally {
            Arrays.fill(decoded.array(), '\0');
        }
    }

    private static boolean isOnSeveralLines(char[] pin) {
        for (char c : pin) {
            if (c < ' ') {
                return true;
            }
        }
        return false;
    }

    private void refuseSharedFile() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("PIN file " + file + " is missing or not a regular file");
        }
        try {
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
            if (!OWNERS.containsAll(rights)) {
                throw new IOException("PIN file " + file + " is open to group or others ("
                        + PosixFilePermissions.toString(rights) + "); run chmod 600 on it");
            }
        } catch (UnsupportedOperationException e) {
            throw new IOException("the file system of PIN file " + file + " cannot say who may read it", e);
        }
    }
}
