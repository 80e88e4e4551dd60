package io.panocrypt.standalone.storage;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.standalone.common.StartupException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Predicate;
import org.sqlite.NativeLibraryNotFoundException;

/**
 * The files of a standalone server: the database, the master key, and the administrator's token.
 *
 * @param directory made with mode 0700 if it is not there
 * @param masterKeyFile made with mode 0600 for an empty store, and only then
 */
public record DataDirectory(Path directory, Path masterKeyFile) {
    private static final String ROOT = "root";
    private static final int READERS = 8;
    private static final long POOL_WAIT_MILLIS = 2_000;

    /** Readable by its owner only, from its first moment. */
    void create() {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            throw new StartupException(
                    "cannot make the data directory " + directory + ": " + StartupException.words(e), e);
        }
    }

    HikariDataSource openDatabase() {
        Path file = databaseFile();
        try {
            if (!Files.exists(file)) {
                // SQLite gives its other files the mode of this one.
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
        } catch (IOException e) {
            throw new StartupException("cannot make " + file + ": " + StartupException.words(e), e);
        }
        // SQLite itself would serve reads from it, and refuse the first write.
        for (Path written : List.of(directory, file, directory.resolve(file.getFileName() + "-wal"))) {
            if (Files.exists(written) && !Files.isWritable(written)) {
                throw new StartupException("this user may not write to " + written
                        + ": give it to the user that the server runs as (chown)");
            }
        }
        String url = "jdbc:sqlite:" + file;
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            // A pool would try again and again, and tell nothing in words.
            statement.execute("PRAGMA schema_version");
        } catch (SQLException e) {
            throw new StartupException("cannot open " + file + ": " + e.getMessage() + hint(e), e);
        }
        HikariConfig config = new HikariConfig();
        config.setDataSource(new PreparedSqlite(url));
        config.setMaximumPoolSize(READERS);
        config.setConnectionTimeout(POOL_WAIT_MILLIS);
        config.setPoolName("panocrypt");
        return new HikariDataSource(config);
    }

    /** SQLite's library is unpacked into the temporary folder, where a file system may be mounted noexec. */
    private static String hint(SQLException fault) {
        return fault.getCause() instanceof NativeLibraryNotFoundException
                ? ": SQLite's library cannot be loaded from " + System.getProperty("java.io.tmpdir")
                        + "; if that is mounted noexec, name a folder that is not:"
                        + " PANOCRYPT_JAVA_OPTS=-Dorg.sqlite.tmpdir=DIR"
                : "";
    }

    /** Where the state is. */
    public Path databaseFile() {
        return directory.resolve("panocrypt.db");
    }

    /** The master key; a new one only if nobody has used the store yet. */
    MasterKey openMasterKey(PolicyStore store) {
        boolean missing = Files.notExists(masterKeyFile);
        if (!missing && !Files.exists(masterKeyFile)) {
            throw new StartupException("this user may not look into the directory of the master key " + masterKeyFile
                    + ": give it to the user that the server runs as, or use LoadCredential");
        }
        if (missing && !Panocrypt.isNew(store)) {
            throw new StartupException("the master key " + masterKeyFile
                    + " is missing, and the store's keys are sealed under it: restore it from its backup");
        }
        try {
            return Panocrypt.openMasterKey(store, masterKeyFile, new SecureRandom());
        } catch (IOException e) {
            throw new StartupException(
                    "cannot use the master key " + masterKeyFile + ": " + StartupException.words(e), e);
        }
    }

    public Path administratorTokenFile() {
        return directory.resolve("admin-token");
    }

    /** Holds a token from before the site knows it until it is known whether it does. */
    private Path firstTokenFile() {
        return directory.resolve(".admin-token-first");
    }

    public void writeAdministratorToken(String token) {
        write(administratorTokenFile(), token);
    }

    /** Keeps the token of an administrator who is about to be made; one that was kept before wins and is returned. */
    public String keepFirstToken(String token) {
        try {
            if (Files.exists(firstTokenFile())) {
                return Files.readString(firstTokenFile(), StandardCharsets.US_ASCII)
                        .strip();
            }
        } catch (IOException e) {
            throw new StartupException("cannot read " + firstTokenFile() + ": " + StartupException.words(e), e);
        }
        write(firstTokenFile(), token);
        return token;
    }

    /**
     * Makes the token that was kept the administrator's, or forgets it.
     *
     * @param isKnown whether the site knows a token
     * @return false if none was kept that the site knows
     */
    boolean settleFirstToken(Predicate<String> isKnown) {
        Path first = firstTokenFile();
        try {
            if (!Files.exists(first)) {
                return false;
            }
            boolean known = isKnown.test(
                    Files.readString(first, StandardCharsets.US_ASCII).strip());
            if (known) {
                Files.move(first, administratorTokenFile(), StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.delete(first);
            }
            return known;
        } catch (IOException e) {
            throw new StartupException(
                    "cannot make " + first + " the administrator's token: " + StartupException.words(e), e);
        }
    }

    /** Replaces the file as a whole, so that nobody reads half a token, and returns when it is on disk. */
    private void write(Path file, String token) {
        try {
            Path temporary = Files.createTempFile(
                    directory,
                    ".admin-token",
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(temporary, (token + "\n").getBytes(StandardCharsets.US_ASCII), StandardOpenOption.DSYNC);
            giveToOwnerOf(directory, temporary);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
                names.force(true);
            }
        } catch (IOException e) {
            throw new StartupException("cannot write " + file + ": " + StartupException.words(e), e);
        }
    }

    /** What root writes into another user's directory would be closed to the server that runs as that user. */
    private static void giveToOwnerOf(Path directory, Path file) throws IOException {
        UserPrincipal owner = Files.getOwner(directory);
        if (ROOT.equals(Files.getOwner(file).getName()) && !ROOT.equals(owner.getName())) {
            Files.setOwner(file, owner);
        }
    }
}
