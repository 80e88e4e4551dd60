package io.panocrypt.standalone.storage;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.policy.AdministratorTokenFile;
import io.panocrypt.policy.Members;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.masterkey.MasterKeyFile;
import io.panocrypt.standalone.masterkey.MasterKeyRing;
import io.panocrypt.standalone.masterkey.MasterKeySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Supplier;
import org.sqlite.NativeLibraryNotFoundException;

/**
 * The files of a standalone server: the database, the master key, and the administrator's token.
 *
 * @param directory created with mode 0700 if missing
 * @param masterKeyFile created with mode 0600, only for an empty store, unless the settings name another source
 * @param masterKeys where the master keys are
 */
public record DataDirectory(Path directory, Path masterKeyFile, MasterKeySettings masterKeys) {
    private static final String URL_PREFIX = "jdbc:sqlite:";
    private static final String IN_MEMORY = URL_PREFIX + ":memory:";

    /** With the master key in its file, and no previous ones. */
    public DataDirectory(Path directory, Path masterKeyFile) {
        this(directory, masterKeyFile, MasterKeySettings.DEFAULT);
    }

    /** The same files with another source of the master key. */
    public DataDirectory withMasterKey(Supplier<MasterKey> source) {
        return new DataDirectory(directory, masterKeyFile, masterKeys.from(source));
    }

    /** Where the master key is unless the operator names another file. */
    public static Path masterKeyIn(Path directory) {
        return directory.resolve("master-key");
    }

    boolean hasOwnMasterKeyFile() {
        return !masterKeyFile.equals(masterKeyIn(directory));
    }

    /** Creates the directory, readable only by its owner from the first moment. */
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

    /** Checks that the server can use the database file, which need not exist yet. */
    void checkDatabase() {
        Path file = databaseFile();
        // Checked here, because SQLite would read from an unwritable file and fail only at the first write.
        for (Path written : List.of(directory, file, directory.resolve(file.getFileName() + "-wal"))) {
            if (Files.exists(written) && !Files.isWritable(written)) {
                throw new StartupException("this user may not write to " + written
                        + ": give it to the user that the server runs as (chown)");
            }
        }
        try (Connection connection = DriverManager.getConnection(Files.exists(file) ? URL_PREFIX + file : IN_MEMORY);
                Statement statement = connection.createStatement()) {
            // Connects once before the store, whose message would be less clear.
            statement.execute("PRAGMA schema_version");
        } catch (SQLException e) {
            throw new StartupException("cannot open " + file + ": " + e.getMessage() + hint(e), e);
        }
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

    /** Opens the master keys; creates one only for an unused store. */
    MasterKeyRing openMasterKeys(Store store) {
        return MasterKeyRing.open(masterKeys.given().orElse(() -> masterKeyInFile(store)), masterKeys);
    }

    /** Opens the master keys of a site whose store may be gone; creates none. */
    public MasterKeyRing existingMasterKeys() {
        return MasterKeyRing.open(
                masterKeys.given().orElse(() -> MasterKeyFile.read(masterKeyFile, masterKeys.secrets())), masterKeys);
    }

    private MasterKey masterKeyInFile(Store store) {
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
        if (missing && masterKeys.secrets().isNamed()) {
            throw new StartupException("there is no master key " + masterKeyFile
                    + " for the passphrase or the token: make it with 'master-key create' and 'master-key wrap'");
        }
        if (!missing) {
            return MasterKeyFile.read(masterKeyFile, masterKeys.secrets());
        }
        try {
            return Panocrypt.openMasterKey(store, masterKeyFile, new SecureRandom());
        } catch (IOException e) {
            throw new StartupException(
                    "cannot use the master key " + masterKeyFile + ": " + StartupException.words(e), e);
        }
    }

    public Path administratorTokenFile() {
        return administratorToken().file();
    }

    private AdministratorTokenFile administratorToken() {
        return new AdministratorTokenFile(directory.resolve("admin-token"));
    }

    public void writeAdministratorToken(String token) {
        try {
            administratorToken().write(token);
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    /** @return whether the administrator's token file got a token */
    boolean createFirstAdministrator(Members members) {
        try {
            return administratorToken().createFirstAdministrator(members);
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    private StartupException unwritten(IOException fault) {
        return new StartupException(
                "cannot write " + administratorTokenFile() + ": " + StartupException.words(fault), fault);
    }
}
