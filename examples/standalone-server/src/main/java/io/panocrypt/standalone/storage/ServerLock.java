package io.panocrypt.standalone.storage;

import io.panocrypt.standalone.common.StartupException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Ensures that only one server runs on a data directory: locks a file in it. The kernel releases the lock when the
 * process ends in any way. The file itself stays and has no meaning.
 *
 * <p>Keep a reference to it: garbage collection of the channel releases the lock.
 */
public final class ServerLock implements AutoCloseable {
    private static final String NAME = "serve.lock";

    private final FileChannel channel;

    private ServerLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws StartupException if another server holds the lock, or the file system does not support locks */
    public static ServerLock take(Path directory) {
        Path file = directory.resolve(NAME);
        try {
            FileChannel channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            if (!isLocked(channel)) {
                channel.close();
                throw new StartupException("another server runs on " + directory + ": it holds " + file);
            }
            return new ServerLock(channel);
        } catch (IOException e) {
            throw new StartupException(
                    "cannot lock " + file + ", as one server on a directory must: " + StartupException.words(e), e);
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            // This process holds the lock already.
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new StartupException(
                    "cannot release the lock of the data directory: " + StartupException.words(e), e);
        }
    }
}
