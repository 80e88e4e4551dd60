package io.panocrypt.crypto.custody;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** The file with a token's PIN: one line. */
final class PinFile {
    private static final int MAX_BYTES = 255;

    private final Path file;

    PinFile(Path file) {
        this.file = file;
    }

    /**
     * Reads the PIN, without the line feed at the end.
     *
     * @return the PIN, which the caller wipes
     * @throws IOException if {@link SecretFile#read} refuses the file, or if it is not one line of 1 to 255 bytes of UTF-8
     */
    char[] read() throws IOException {
        byte[] content = SecretFile.read(file, MAX_BYTES + 1, "PIN file");
        try {
            int length = content.length;
            int end = length > 0 && content[length - 1] == '\n' ? length - 1 : length;
            return decode(content, end);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
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
}
