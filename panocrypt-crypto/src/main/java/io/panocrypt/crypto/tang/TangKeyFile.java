package io.panocrypt.crypto.tang;

import io.panocrypt.crypto.ec.EcEngine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.InvalidKeyException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The content of one file of a Tang key directory: a key, or the reason why it is skipped. */
final class TangKeyFile {
    /** A key file has about 400 bytes. */
    private static final int MAX_BYTES = 65_536;

    private static final byte[] NOT_READ = {};

    private final byte[] digest;
    private final @Nullable TangKey key;
    private final @Nullable String problem;

    private TangKeyFile(byte[] digest, @Nullable TangKey key, @Nullable String problem) {
        this.digest = digest;
        this.key = key;
        this.problem = problem;
    }

    /**
     * Reads a file, and parses it unless it has not changed.
     *
     * @param old the file's previous content; null if it is new
     * @throws NoSuchFileException if the file is gone; a link to a missing file does not count as gone
     */
    static TangKeyFile read(Path file, @Nullable TangKeyFile old, EcEngine engine) throws NoSuchFileException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            // Opening a FIFO waits for a writer, and a device may never end.
            if (!attributes.isRegularFile()) {
                return skipped(attributes.isDirectory() ? "it is a directory" : "it is not a regular file");
            }
            if (attributes.size() > MAX_BYTES) {
                return skipped("it is longer than " + MAX_BYTES + " bytes");
            }
            return parse(file, (int) attributes.size(), old, engine);
        } catch (IOException e) {
            if (e instanceof NoSuchFileException gone && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw gone;
            }
            return skipped(words(e));
        }
    }

    private static TangKeyFile parse(Path file, int size, @Nullable TangKeyFile old, EcEngine engine)
            throws IOException {
        byte[] content = content(file, size);
        try {
            byte[] digest = ThumbprintAlgorithm.S256.newDigest().digest(content);
            if (old != null && Arrays.equals(old.digest, digest)) {
                return old;
            }
            try {
                return new TangKeyFile(digest, TangKey.parse(content, engine), null);
            } catch (InvalidKeyException e) {
                return new TangKeyFile(digest, null, e.getMessage());
            }
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    /** Reads at most the given size; a file that grew meanwhile is read in full the next time. */
    private static byte[] content(Path file, int size) throws IOException {
        byte[] buffer = new byte[size + 1];
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.copyOf(buffer, in.readNBytes(buffer, 0, buffer.length));
        } finally {
            Arrays.fill(buffer, (byte) 0);
        }
    }

    private static TangKeyFile skipped(String problem) {
        return new TangKeyFile(NOT_READ, null, problem);
    }

    private static String words(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "this process may not read it";
        }
        if (e instanceof NoSuchFileException) {
            return "it is a link to a file that does not exist";
        }
        String reason = e instanceof FileSystemException fault ? fault.getReason() : e.getMessage();
        // The operating system's words, without characters that would end a JSON string.
        return "it cannot be read" + (reason == null ? "" : " (" + reason.replaceAll("[\"\\\\\\p{Cntrl}]", "?") + ")");
    }

    @Nullable TangKey key() {
        return key;
    }

    /** Why the file is skipped; null for a key. */
    @Nullable String problem() {
        return problem;
    }

    /** Whether this was already known from an earlier reading of the same name. */
    boolean sameAs(@Nullable TangKeyFile other) {
        return other != null && Arrays.equals(digest, other.digest) && Objects.equals(problem, other.problem);
    }
}
