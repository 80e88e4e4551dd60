package io.panocrypt.standalone.storage;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A file that appears under its name only when it is whole and on disk. Not thread-safe. */
public final class NewFile implements AutoCloseable {
    private final Path target;
    private final Path part;
    private final FileChannel channel;
    private final OutputStream out;
    private final boolean replaces;

    private NewFile(Path target, Path part, FileChannel channel, boolean replaces) {
        this.target = target;
        this.replaces = replaces;
        this.part = part;
        this.channel = channel;
        this.out = new BufferedOutputStream(Channels.newOutputStream(channel));
    }

    /**
     * Begins a file with mode 0600, under another name in the same folder.
     *
     * @throws IOException if the target exists, or the folder cannot be written to
     */
    public static NewFile beside(Path target) throws IOException {
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        return open(target, false);
    }

    /** Writes a file with mode 0600 and one line, in place of an earlier one. */
    static void replace(Path target, String line) throws IOException {
        try (NewFile file = open(target, true)) {
            file.out().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            file.finish();
        }
    }

    private static NewFile open(Path target, boolean replaces) throws IOException {
        Path folder = target.toAbsolutePath().resolveSibling("");
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        Path part = Files.createTempFile(
                folder,
                ".panocrypt-",
                ".part",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return new NewFile(target, part, FileChannel.open(part, StandardOpenOption.WRITE), replaces);
    }

    /** What is written here is in the file after {@link #finish}. */
    public OutputStream out() {
        return out;
    }

    /**
     * Gives the file its name. When this returns, it is on disk.
     *
     * @throws IOException if it cannot be written, or the target exists by now
     */
    public void finish() throws IOException {
        out.flush();
        channel.force(true);
        name();
        try (FileChannel folder = FileChannel.open(target.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private void name() throws IOException {
        if (replaces) {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        try {
            // Fails where the name is taken, which a move might not.
            Files.createLink(target, part);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            // The file system knows no links.
            Files.move(part, target);
        }
    }

    /** Removes the other name, and with it what was not {@linkplain #finish finished}. */
    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(part);
    }
}
