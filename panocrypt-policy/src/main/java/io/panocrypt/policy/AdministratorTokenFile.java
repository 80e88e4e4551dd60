package io.panocrypt.policy;

import io.panocrypt.policy.spi.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.regex.Pattern;

/**
 * The file with the token of a site's first administrator: one line, mode 0600.
 *
 * <p>A new token is on disk before the site knows it, in {@code .NAME-first} beside the file. So no crash loses it, and no
 * store that leaves the outcome open. If root writes, the file belongs to the owner of its directory. Messages of
 * exceptions contain no token. Each node of a site needs a file of its own. The file system must have POSIX permissions.
 *
 * @param file in a directory that exists
 */
public record AdministratorTokenFile(Path file) {
    private static final Pattern TOKEN = Pattern.compile("[a-z2-7]{26}");
    private static final String ROOT = "root";

    /**
     * Creates the administrator of a new site, and puts the token into the file; finishes what an earlier call has left
     * undone. Otherwise does nothing. Call it at each start.
     *
     * @return whether the file got a token by this call
     * @throws IOException if a file cannot be read or written, or holds something other than a token. Only a token, such as
     *     that of another site, is replaced; otherwise nobody is created
     * @throws StoreException if the outcome stays unknown; the next call resolves it
     */
    public boolean createFirstAdministrator(Members members) throws IOException {
        try {
            members.createFirstAdministrator(this::keep);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        Path kept = kept();
        if (Files.notExists(kept)) {
            return false;
        }
        boolean isKnown = isKnown(kept, members);
        if (isKnown) {
            move(kept, file);
        } else {
            Files.delete(kept);
        }
        return isKnown;
    }

    /** Whether the file, which must exist, holds a token that the site knows, the first administrator's or another member's. */
    public boolean isKnownTo(Members members) throws IOException {
        return isKnown(file, members);
    }

    /** Replaces the content, so that nobody reads a part of a token; returns when it is on disk. */
    public void write(String token) throws IOException {
        write(file, token);
    }

    /** Holds a token from before the site knows it until the outcome is known. */
    private Path kept() {
        return file.resolveSibling("." + file.getFileName() + "-first");
    }

    /** A token kept earlier takes precedence, because the site may know it already. */
    private String keep(String token) {
        try {
            if (Files.exists(kept())) {
                return checked(kept());
            }
            if (Files.exists(file)) {
                // Only a token may be replaced.
                checked(file);
            }
            write(kept(), token);
            return token;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isKnown(Path file, Members members) throws IOException {
        return members.authenticate(read(file)).isPresent();
    }

    private static String checked(Path file) throws IOException {
        String token = read(file);
        if (!TOKEN.matcher(token).matches()) {
            throw new IOException(file + " is there and holds no token");
        }
        return token;
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.US_ASCII).strip();
    }

    private static void write(Path file, String token) throws IOException {
        Path directory = directory(file);
        Path temporary = Files.createTempFile(
                directory,
                ".admin-token",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(temporary, (token + "\n").getBytes(StandardCharsets.US_ASCII), StandardOpenOption.DSYNC);
            giveToOwnerOf(directory, temporary);
            move(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel names = FileChannel.open(directory(to), StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    private static Path directory(Path file) {
        return file.toAbsolutePath().resolveSibling("");
    }

    /** Otherwise a file written by root would be unreadable for the server, which runs as the directory's owner. */
    private static void giveToOwnerOf(Path directory, Path file) throws IOException {
        UserPrincipal owner = Files.getOwner(directory);
        if (ROOT.equals(Files.getOwner(file).getName()) && !ROOT.equals(owner.getName())) {
            Files.setOwner(file, owner);
        }
    }
}
