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
 * What makes this process the only server on a data directory: a lock on a file in it, which the kernel ends with the process,
 * however that ends. The file itself stays and means nothing.
 *
 * <p>Whoever holds it must keep it reachable: the lock of a channel that is collected has ended.
 */
public final class ServerLock implements AutoCloseable {
    private static final String NAME = "serve.lock";

    private final FileChannel channel;

    private ServerLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws StartupException if another server holds it, or the file system has no locks */
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
            // Held by this very process.
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new StartupException(
                    "cannot give up the lock of the data directory: " + StartupException.words(e), e);
        }
    }
}
