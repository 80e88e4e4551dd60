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
 * @param directory created with mode 0700 if missing
 * @param masterKeyFile created with mode 0600, only for an empty store
 */
public record DataDirectory(Path directory, Path masterKeyFile) {
    private static final String ROOT = "root";
    private static final int READERS = 8;
    private static final long POOL_WAIT_MILLIS = 2_000;

    /** Where the master key is unless the operator names another file. */
    public static Path masterKeyIn(Path directory) {
        return directory.resolve("master-key");
    }

    boolean hasOwnMasterKeyFile() {
        return !masterKeyFile.equals(masterKeyIn(directory));
    }

    /** Creates the directory and the database file, readable only by their owner from the first moment. */
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
                // SQLite creates its other files with this file's mode.
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
        } catch (IOException e) {
            throw new StartupException("cannot make " + file + ": " + StartupException.words(e), e);
        }
        // Checked here, because SQLite would read from an unwritable file and fail only at the first write.
        for (Path written : List.of(directory, file, directory.resolve(file.getFileName() + "-wal"))) {
            if (Files.exists(written) && !Files.isWritable(written)) {
                throw new StartupException("this user may not write to " + written
                        + ": give it to the user that the server runs as (chown)");
            }
        }
        String url = "jdbc:sqlite:" + file;
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            // Connects once before the pool, which would retry and give no clear message.
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

    /** SQLite's library is unpacked into the temporary folder, which may be mounted noexec. */
    private static String hint(SQLException fault) {
        return fault.getCause() instanceof NativeLibraryNotFoundException
                ? ": SQLite's library cannot be loaded from " + System.getProperty("java.io.tmpdir")
                        + "; if that is mounted noexec, name a folder that is not:"
                        + " PANOCRYPT_JAVA_OPTS=-Dorg.sqlite.tmpdir=DIR"
                : "";
    }

    /** The SQLite database file. */
    public Path databaseFile() {
        return directory.resolve("panocrypt.db");
    }

    /** Opens the master key; creates one only for an unused store. */
    MasterKey openMasterKey(PolicyStore store) {
        boolean missing = Files.notExists(masterKeyFile);
        if (!missing && !Files.exists(masterKeyFile)) {
            throw new StartupException("this user may not look into the directory of the master key " + masterKeyFile
                    + ": give it to the user that the server runs as, or use LoadCredential");
        }
        if (missing && !Panocrypt.isNew(store)) {
            throw new StartupException(
                    "the master key " + masterKeyFile
                            + " is missing, and the store's keys are sealed under it: name it with --master-key-file if it lies elsewhere, or restore it from its backup");
        }
        Path folder = masterKeyFile.toAbsolutePath().getParent();
        if (folder != null && Files.notExists(folder)) {
            throw new StartupException(
                    "there is no directory " + folder + " for the master key; make it, and the key is made in it");
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

    /** Holds a token from before it is stored in the site until the outcome is known. */
    private Path firstTokenFile() {
        return directory.resolve(".admin-token-first");
    }

    public void writeAdministratorToken(String token) {
        write(administratorTokenFile(), token);
    }

    /**
     * Saves the token of an administrator who is about to be created. A token saved earlier takes precedence and is
     * returned.
     */
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
     * Moves the saved token to the administrator's token file, or deletes it.
     *
     * @param isKnown whether the site knows a token
     * @return whether a saved token was known to the site
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

    /** Replaces the file atomically, so nobody reads a partial token. Returns when it is on disk. */
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

    /** Otherwise a file written by root would be unreadable for the server, which runs as the directory's owner. */
    private static void giveToOwnerOf(Path directory, Path file) throws IOException {
        UserPrincipal owner = Files.getOwner(directory);
        if (ROOT.equals(Files.getOwner(file).getName()) && !ROOT.equals(owner.getName())) {
            Files.setOwner(file, owner);
        }
    }
}
