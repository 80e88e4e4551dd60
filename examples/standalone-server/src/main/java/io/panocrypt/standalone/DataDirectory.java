package io.panocrypt.standalone;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.spi.PolicyStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.NativeLibraryNotFoundException;

/**
 * The files of a standalone server: the database, the master key, and the administrator's token.
 *
 * @param directory made with mode 0700 if it is not there
 * @param masterKeyFile made with mode 0600 for an empty store, and only then
 */
record DataDirectory(Path directory, Path masterKeyFile) {
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
            throw new StartupException("cannot make the data directory " + directory + ": " + e.getMessage(), e);
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
            throw new StartupException("cannot make " + file + ": " + e, e);
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
    Path databaseFile() {
        return directory.resolve("panocrypt.db");
    }

    /** The master key; a new one only if nobody has used the store yet. */
    MasterKey openMasterKey(PolicyStore store) {
        try {
            if (Files.exists(masterKeyFile)) {
                return MasterKey.load(masterKeyFile);
            }
            if (!Panocrypt.isNew(store)) {
                throw new StartupException("the master key " + masterKeyFile
                        + " is missing, and the store's keys are sealed under it: restore it from its backup");
            }
            return MasterKey.create(masterKeyFile, new SecureRandom());
        } catch (IOException e) {
            throw new StartupException("cannot use the master key " + masterKeyFile + ": " + e.getMessage(), e);
        }
    }

    Path administratorTokenFile() {
        return directory.resolve("admin-token");
    }

    /** Replaces the file as a whole, so that nobody reads half a token. */
    void writeAdministratorToken(String token) {
        try {
            Path temporary = Files.createTempFile(
                    directory,
                    ".admin-token",
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(temporary, (token + "\n").getBytes(StandardCharsets.US_ASCII));
            Files.move(temporary, administratorTokenFile(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new StartupException("cannot write " + administratorTokenFile() + ": " + e.getMessage(), e);
        }
    }
}
