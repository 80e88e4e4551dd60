package io.panocrypt.crypto.custody;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * Reads a file that {@link SealedFileWriter} has sealed, from any position.
 *
 * <p>Opening it reads it once and checks all of it, so nothing is ever read from a file that is incomplete or changed. Each
 * later read checks its part again. Holds 128 KiB. Not thread-safe.
 */
public final class SealedFileReader implements AutoCloseable {
    private static final int SEALED_BYTES = SealedFormat.CHUNK_BYTES + SealedFormat.TAG_BYTES;
    private static final long NONE = -1;

    private final FileChannel file;
    private final SecretKeySpec key;
    private final long begin;
    private final long chunks;
    private long loaded = NONE;
    private byte[] chunk = new byte[0];
    private long size;

    private SealedFileReader(FileChannel file, SecretKeySpec key, long begin) throws IOException {
        this.file = file;
        this.key = key;
        this.begin = begin;
        this.chunks = (file.size() - begin + SEALED_BYTES - 1) / SEALED_BYTES;
    }

    /**
     * The first line of a file, which anybody can read. Nothing is checked.
     *
     * @throws SealedFileException if it has none of at most 4,095 bytes
     * @throws IOException if the file cannot be read
     */
    public static String line(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            byte[] line = readLine(file);
            return new String(line, 0, line.length - 1, StandardCharsets.UTF_8);
        }
    }

    /**
     * Opens a file and checks all of it.
     *
     * @param master stays the caller's
     * @param purpose as it was sealed
     * @throws SealedFileException if it is incomplete or was changed, or was sealed under another key or purpose
     * @throws IOException if the file cannot be read
     */
    public static SealedFileReader open(Path path, MasterKey master, String purpose) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            byte[] line = readLine(file);
            byte[] salt = readAt(file, line.length, SealedFormat.SALT_BYTES);
            if (salt.length < SealedFormat.SALT_BYTES) {
                throw incomplete();
            }
            SealedFileReader reader = new SealedFileReader(
                    file, SealedFormat.key(master, purpose, salt, line), line.length + (long) salt.length);
            reader.check();
            return reader;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void check() throws IOException {
        if (chunks == 0 || chunks > SealedFormat.MAX_CHUNKS) {
            throw incomplete();
        }
        for (long number = 0; number < chunks; number++) {
            load(number);
            size += chunk.length;
        }
    }

    /** The length of what was sealed, in bytes. */
    public long size() {
        return size;
    }

    /**
     * Reads from a position into the buffer, at most to the end of a chunk.
     *
     * @return how many bytes were read; -1 at the end
     * @throws SealedFileException if the file was changed since it was opened
     * @throws IOException if the file cannot be read
     */
    public int read(ByteBuffer buffer, long position) throws IOException {
        if (position >= size) {
            return -1;
        }
        load(position / SealedFormat.CHUNK_BYTES);
        int from = (int) (position % SealedFormat.CHUNK_BYTES);
        int length = Math.min(buffer.remaining(), chunk.length - from);
        buffer.put(chunk, from, length);
        return length;
    }

    private void load(long number) throws IOException {
        if (loaded == number) {
            return;
        }
        wipe();
        byte[] sealed = readAt(file, begin + number * SEALED_BYTES, SEALED_BYTES);
        if (sealed.length < SealedFormat.TAG_BYTES) {
            throw incomplete();
        }
        try {
            chunk = SealedFormat.crypt(Cipher.DECRYPT_MODE, key, number, number == chunks - 1, sealed, sealed.length);
        } catch (GeneralSecurityException e) {
            throw incomplete();
        }
        loaded = number;
    }

    private void wipe() {
        loaded = NONE;
        Arrays.fill(chunk, (byte) 0);
    }

    private static byte[] readLine(FileChannel file) throws IOException {
        byte[] begin = readAt(file, 0, SealedFormat.MAX_LINE_BYTES);
        for (int i = 0; i < begin.length; i++) {
            if (begin[i] == '\n') {
                return Arrays.copyOf(begin, i + 1);
            }
        }
        throw new SealedFileException("this is no sealed file: it does not begin with a line of text");
    }

    /** As many bytes as there are, at most the length. */
    private static byte[] readAt(FileChannel file, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining() && file.read(buffer, position + buffer.position()) > 0) {
            // Reads on: one call may read less.
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private static SealedFileException incomplete() {
        return new SealedFileException(
                "the file is incomplete or was changed, or it was sealed under another master key");
    }

    /** Closes the file and wipes what was read last. */
    @Override
    public void close() throws IOException {
        wipe();
        file.close();
    }
}
