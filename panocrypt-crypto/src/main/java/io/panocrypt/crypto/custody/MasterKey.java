package io.panocrypt.crypto.custody;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The 256-bit key under which all private keys are sealed.
 *
 * <p>It encrypts nothing directly: a separate key is derived from it for each purpose (HKDF-Expand with HMAC-SHA256,
 * RFC 5869, section 2.3; the key is uniform, so no extraction is needed). Its file is one line: 43 characters of
 * unpadded base64url and a line feed. Thread-safe; {@link #close()} wipes it.
 */
public final class MasterKey implements AutoCloseable {
    private static final int LENGTH = 32;
    private static final int FILE_LENGTH = 44;

    private final byte[] secret;
    private boolean closed;

    private MasterKey(byte[] secret) {
        this.secret = secret;
    }

    /**
     * Loads the master key from a file.
     *
     * @param file a regular file that only its owner may read or write
     * @return the key, which the caller closes
     * @throws IOException if the file cannot be read, if its group or others have any permission on it, if the file
     *     system has no such permissions, or if the content is not one line of the right length
     */
    public static MasterKey load(Path file) throws IOException {
        refuseSharedFile(file);
        byte[] line = new byte[FILE_LENGTH];
        try {
            // The file may have grown after its size was checked: reading one byte more than allowed shows it.
            byte[] content = readAtMost(file, FILE_LENGTH + 1);
            boolean whole = content.length == FILE_LENGTH && content[FILE_LENGTH - 1] == '\n';
            if (whole) {
                System.arraycopy(content, 0, line, 0, FILE_LENGTH);
            }
            Arrays.fill(content, (byte) 0);
            if (!whole) {
                throw malformed(file);
            }
            return decode(file, line);
        } finally {
            Arrays.fill(line, (byte) 0);
        }
    }

    /**
     * Creates a master key in a new file. The file has mode 0600 from the start; when this returns, its content and its
     * directory entry are on disk.
     *
     * @param file must not exist yet
     * @param random the source of the key
     * @return the key, which the caller closes
     * @throws IOException if the file exists or cannot be written
     */
    public static MasterKey create(Path file, SecureRandom random) throws IOException {
        byte[] secret = new byte[LENGTH];
        random.nextBytes(secret);
        byte[] encoded = Base64.getUrlEncoder().withoutPadding().encode(secret);
        byte[] line = Arrays.copyOf(encoded, FILE_LENGTH);
        line[FILE_LENGTH - 1] = '\n';
        Arrays.fill(encoded, (byte) 0);
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer buffer = ByteBuffer.wrap(line);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        } finally {
            Arrays.fill(line, (byte) 0);
        }
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
        return new MasterKey(secret);
    }

    /** Identifies this key and reveals nothing else about it: 64 hexadecimal digits in lower case. */
    public String fingerprint() {
        return HexFormat.of().formatHex(derive("panocrypt/master-key/fingerprint/v1"));
    }

    /** A 256-bit key for one purpose; the caller wipes it. */
    synchronized byte[] derive(String purpose) {
        if (closed) {
            throw new IllegalStateException("master key is closed");
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update(purpose.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 1);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the Java runtime has no HmacSHA256", e);
        }
    }

    /** Wipes the key; a second call does nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        Arrays.fill(secret, (byte) 0);
    }

    private static void refuseSharedFile(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("master key " + file + " is missing or not a regular file");
        }
        Set<PosixFilePermission> rights;
        try {
            rights = Files.getPosixFilePermissions(file);
        } catch (UnsupportedOperationException e) {
            throw new IOException("the file system of master key " + file + " cannot say who may read it", e);
        }
        Set<PosixFilePermission> foreign = EnumSet.noneOf(PosixFilePermission.class);
        foreign.addAll(rights);
        foreign.removeAll(Set.of(
                PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE));
        if (!foreign.isEmpty()) {
            throw new IOException("master key " + file + " is open to group or others ("
                    + PosixFilePermissions.toString(rights) + "); run chmod 600 on it");
        }
    }

    private static byte[] readAtMost(Path file, int limit) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(limit);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    break;
                }
            }
            return Arrays.copyOf(buffer.array(), buffer.position());
        } finally {
            Arrays.fill(buffer.array(), (byte) 0);
        }
    }

    private static MasterKey decode(Path file, byte[] line) throws IOException {
        byte[] digits = Arrays.copyOf(line, FILE_LENGTH - 1);
        try {
            return new MasterKey(Base64.getUrlDecoder().decode(digits));
        } catch (IllegalArgumentException e) {
            // The decoder's message would quote a character of the key.
            throw malformed(file);
        } finally {
            Arrays.fill(digits, (byte) 0);
        }
    }

    private static IOException malformed(Path file) {
        return new IOException("master key " + file + " is not one line of 43 base64url characters");
    }
}
