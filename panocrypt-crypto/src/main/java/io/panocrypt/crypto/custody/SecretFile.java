package io.panocrypt.crypto.custody;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and creates files that hold secrets. Thread-safe. */
public final class SecretFile {
    /** Where systemd puts credentials ({@code LoadCredential}); it owns the directory and keeps others out. */
    private static final String CREDENTIALS = "CREDENTIALS_DIRECTORY";

    private static final Set<PosixFilePermission> OWNERS = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private SecretFile() {}

    /**
     * Reads a file.
     *
     * @param file a regular file on which group and others have no permission; in the directory that {@code
     *     CREDENTIALS_DIRECTORY} names, the group may read it, as systemd makes it
     * @param limit the largest size, in bytes
     * @param what the file in error messages, such as {@code master key}
     * @return the content, which the caller wipes
     * @throws IOException if the file cannot be read, is larger, or is open to others, or if the file system has no such
     *     permissions
     */
    public static byte[] read(Path file, int limit, String what) throws IOException {
        String credentials = System.getenv(CREDENTIALS);
        return read(file, limit, what, credentials == null || credentials.isEmpty() ? null : Path.of(credentials));
    }

    static byte[] read(Path file, int limit, String what, @Nullable Path credentials) throws IOException {
        refuseShared(file, what, credentials);
        // The file may have grown after its size was checked: reading one byte more than allowed shows it.
        ByteBuffer buffer = ByteBuffer.allocate(limit + 1);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // Reads on.
            }
            if (!buffer.hasRemaining()) {
                throw new IOException(what + " " + file + " is longer than " + limit + " bytes");
            }
            return Arrays.copyOf(buffer.array(), buffer.position());
        } finally {
            Arrays.fill(buffer.array(), (byte) 0);
        }
    }

    private static void refuseShared(Path file, String what, @Nullable Path credentials) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(what + " " + file + " is missing or not a regular file");
        }
        Set<PosixFilePermission> rights;
        try {
            rights = Files.getPosixFilePermissions(file);
        } catch (UnsupportedOperationException e) {
            throw new IOException("the file system of " + what + " " + file + " cannot say who may read it", e);
        }
        Set<PosixFilePermission> foreign = EnumSet.noneOf(PosixFilePermission.class);
        foreign.addAll(rights);
        foreign.removeAll(OWNERS);
        if (credentials != null && isIn(credentials, file)) {
            foreign.remove(PosixFilePermission.GROUP_READ);
        }
        if (!foreign.isEmpty()) {
            throw new IOException(what + " " + file + " is open to group or others ("
                    + PosixFilePermissions.toString(rights) + "); run chmod 600 on it");
        }
    }

    private static boolean isIn(Path directory, Path file) throws IOException {
        Path parent = file.toRealPath().getParent();
        return Files.isDirectory(directory) && parent != null && parent.equals(directory.toRealPath());
    }

    /**
     * Creates a file. It has mode 0600 from the start; when this returns, its content and its directory entry are on disk.
     *
     * @param file must not exist yet
     * @param content stays the caller's
     * @throws IOException if the file exists or cannot be written
     */
    public static void create(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
