package io.panocrypt.crypto.custody;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals a stream of any length under the master key, so that {@link SealedFileReader} finds every change of it.
 *
 * <p>The stream is whole only after {@link #finish}; one that ends before does not open. Holds 64 KiB. Not thread-safe.
 */
public final class SealedFileWriter extends OutputStream {
    private final OutputStream out;
    private final SecretKeySpec key;
    private final byte[] chunk = new byte[SealedFormat.CHUNK_BYTES];
    private int used;
    private long number;
    private boolean finished;

    /**
     * Begins a stream: writes the line and a random salt.
     *
     * @param master stays the caller's
     * @param purpose separates this use of the master key from all others, such as {@code panocrypt/backup/v1}
     * @param line readable by anybody and protected against changes; without a line feed, at most 4,095 bytes
     * @param out stays the caller's
     * @throws IllegalArgumentException if the line is too long, or more than one
     * @throws IOException if it cannot be written
     */
    public SealedFileWriter(MasterKey master, String purpose, String line, SecureRandom random, OutputStream out)
            throws IOException {
        byte[] first = SealedFormat.line(line);
        byte[] salt = new byte[SealedFormat.SALT_BYTES];
        random.nextBytes(salt);
        this.out = out;
        this.key = SealedFormat.key(master, purpose, salt, first);
        out.write(first);
        out.write(salt);
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (finished) {
            throw new IOException("the sealed stream has ended");
        }
        int done = 0;
        while (done < length) {
            if (used == chunk.length) {
                // Only now it is certain that another one follows.
                seal(false);
            }
            int part = Math.min(length - done, chunk.length - used);
            System.arraycopy(bytes, offset + done, chunk, used, part);
            used += part;
            done += part;
        }
    }

    /**
     * Seals the rest and marks the end; a second call does nothing. The underlying stream is flushed and stays open.
     *
     * @throws IOException if it cannot be written
     */
    public void finish() throws IOException {
        if (!finished) {
            seal(true);
            finished = true;
            out.flush();
        }
    }

    private void seal(boolean isLast) throws IOException {
        if (number == SealedFormat.MAX_CHUNKS) {
            throw new IOException("more than a sealed file can hold");
        }
        try {
            out.write(SealedFormat.crypt(Cipher.ENCRYPT_MODE, key, number, isLast, chunk, used));
        } catch (GeneralSecurityException e) {
            throw new IOException("the Java runtime cannot encrypt", e);
        }
        number++;
        used = 0;
    }

    /** Wipes what is not sealed yet. Does not end the stream: without {@link #finish} it stays incomplete. */
    @Override
    public void close() {
        finished = true;
        Arrays.fill(chunk, (byte) 0);
    }
}
