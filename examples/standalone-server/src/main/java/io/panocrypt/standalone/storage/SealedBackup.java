package io.panocrypt.standalone.storage;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.crypto.ec.StandardEngine;
import io.panocrypt.policy.BackupFile;
import io.panocrypt.policy.model.backup.BackupReport;
import io.panocrypt.policy.model.backup.InvalidBackupException;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.masterkey.MasterKeyRing;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A backup file with the master key that opens it; {@link #close} closes both. */
public final class SealedBackup implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private final MasterKeyRing keys;
    private final BackupFile file;

    private SealedBackup(MasterKeyRing keys, BackupFile file) {
        this.keys = keys;
        this.file = file;
    }

    /**
     * Opens a backup and checks all of it.
     *
     * @param keys the first of them opens it; closed with the result, and if there is none
     * @throws StartupException if the file is no backup that the key opens
     * @throws IOException if the file cannot be read
     */
    public static SealedBackup open(Path path, MasterKeyRing keys) throws IOException {
        boolean opened = false;
        try {
            SealedBackup backup = new SealedBackup(keys, BackupFile.open(path, keys.current()));
            opened = true;
            return backup;
        } catch (InvalidBackupException e) {
            throw StartupException.notIntact(path + ": " + e.getMessage());
        } finally {
            if (!opened) {
                keys.close();
            }
        }
    }

    public String id() {
        return file.id();
    }

    public Instant time() {
        return file.time();
    }

    /** Checks the history, and uses each key once. */
    public BackupReport verify() throws IOException {
        SecureRandom random = new SecureRandom();
        return file.verify(keys.custody(new StandardEngine(random), random));
    }

    public boolean isHistoryIntact() {
        return file.history().intact();
    }

    /**
     * Restores it into an empty store; no server may run on that.
     *
     * @throws StartupException if the store is in use, or fails
     */
    public void restore(Storage storage) throws IOException {
        Optional<ServerLock> lock = storage.lockForServer();
        try {
            storage.refuseRemains();
            storage.files().create();
            // No machine waits for it, and a busy database must not end it.
            write(storage.with(TIMEOUT));
        } catch (IllegalStateException e) {
            throw new StartupException(String.valueOf(e.getMessage()), e);
        } catch (StoreException e) {
            throw storage.refusal("the restore is not complete; run it again: ", e);
        } finally {
            lock.ifPresent(ServerLock::close);
        }
    }

    private void write(Storage storage) throws IOException {
        Optional<HikariDataSource> pool = storage.openPool();
        try (JdbcStore store = storage.openStore(pool)) {
            file.restore(store, store.clock());
        } finally {
            pool.ifPresent(HikariDataSource::close);
        }
    }

    @Override
    public void close() throws IOException {
        try (keys) {
            file.close();
        }
    }
}
