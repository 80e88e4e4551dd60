package io.panocrypt.standalone.storage;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.standalone.common.StartupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The last checkpoint of a server on SQLite, in a file beside the database. A database that lacks what it lists was replaced by
 * an older copy. Thread-safe.
 */
public final class LastCheckpoint {
    private static final System.Logger LOG = System.getLogger(LastCheckpoint.class.getName());

    private final DataDirectory files;

    public LastCheckpoint(DataDirectory files) {
        this.files = files;
    }

    private Path file() {
        return files.directory().resolve("last-checkpoint");
    }

    /** Writes the checkpoint to the log and the file. A fault of the file is logged: the log has the checkpoint too. */
    public void log(Checkpoint taken) {
        LOG.log(System.Logger.Level.INFO, taken.line());
        try {
            NewFile.replace(file(), taken.line());
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the last checkpoint is kept in the log only: " + file() + " cannot be written: "
                            + StartupException.words(e));
        }
    }

    /**
     * Refuses a database that is older than the file, unless it is fenced, as after a restore.
     *
     * @throws StartupException if it is older, or the file cannot be read
     */
    public void check(Panocrypt panocrypt) {
        try {
            if (panocrypt.fence().find().isPresent()) {
                Files.deleteIfExists(file());
            } else if (Files.exists(file())
                    && Checkpoint.in(Files.readString(file(), StandardCharsets.UTF_8))
                            .filter(panocrypt.history()::isBehind)
                            .isPresent()) {
                throw new StartupException("the database " + files.databaseFile() + " is older than " + file()
                        + ", which this server wrote: a copy of before gives spent grants once more. Restore a backup"
                        + " into an empty directory, also one that 'panocrypt backup' takes of this copy; or remove "
                        + file() + " to serve it as it is");
            }
        } catch (IOException e) {
            throw new StartupException("cannot read " + file() + ": " + StartupException.words(e), e);
        }
    }
}
