package io.panocrypt.policy;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.policy.internal.backup.BackupContent;
import io.panocrypt.policy.internal.backup.KeyCheck;
import io.panocrypt.policy.internal.backup.Restorer;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.model.backup.BackupReport;
import io.panocrypt.policy.model.backup.FenceStatus;
import io.panocrypt.policy.model.backup.InvalidBackupException;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.spi.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;

/**
 * A backup that {@link Backups} has written, to be verified without a server or restored.
 *
 * <p>It opens only under the master key that it was sealed under, which is not in it: keep that key apart, for without it
 * the backup is worth nothing. Keys that the site's custody keeps in hardware are in it as references only.
 *
 * <p>Opening reads and checks all of it; about 100 bytes for each device and each 64 journal entries stay in memory. Not
 * thread-safe.
 */
public final class BackupFile implements AutoCloseable {
    private static final int MAX_GRANTS_SHOWN = 100;

    private final BackupContent content;

    private BackupFile(BackupContent content) {
        this.content = content;
    }

    /**
     * Opens a backup.
     *
     * @param key stays the caller's
     * @throws InvalidBackupException if it is no backup, is incomplete or was changed, or another master key opens it
     * @throws IOException if it cannot be read
     */
    public static BackupFile open(Path file, MasterKey key) throws IOException {
        return new BackupFile(BackupContent.open(file, key));
    }

    /** Identifies this backup. */
    public String id() {
        return content.first().id();
    }

    /** When it was taken. */
    public Instant time() {
        return content.first().created();
    }

    /**
     * Checks the history, and uses every key once. Takes some milliseconds for each device.
     *
     * @param custody as the site has it
     * @throws IOException if the file cannot be read, or was changed since it was opened
     */
    public BackupReport verify(KeyCustody custody) throws IOException {
        KeyCheck keys = new KeyCheck(custody);
        content.forEachRecord(keys::check);
        return new BackupReport(id(), time(), content.counts(), content.grants(), history(), keys.unusable());
    }

    /**
     * Checks only the history.
     *
     * @throws java.io.UncheckedIOException if the file cannot be read, or was changed since it was opened
     */
    public Verification history() {
        return new HistoryExport(content.journal()).verify(Stream.of());
    }

    /**
     * Restores it into an empty store, and fences that: it answers no machine until an administrator {@linkplain Fence#lift
     * lifts} the fence. Every allowance, approval and request that was open is cancelled. After an interruption no service
     * opens the store until the same restore was run to its end.
     *
     * @param clock for the time of the restore
     * @throws IllegalStateException if the store is in use, or {@linkplain Store#restores cannot be restored into}; nothing
     *     has changed
     * @throws io.panocrypt.policy.spi.store.StoreException if the store fails: run it again
     * @throws IOException if the file cannot be read, or was changed since it was opened: run it again
     */
    public void restore(Store store, InstantSource clock) throws IOException {
        InstantSource millis = () -> clock.instant().truncatedTo(ChronoUnit.MILLIS);
        FenceStatus fence = new FenceStatus(
                id(),
                time(),
                millis.instant(),
                content.journal().heads(),
                content.grants().size(),
                content.openRequests(),
                content.grants()
                        .subList(0, Math.min(MAX_GRANTS_SHOWN, content.grants().size())));
        new Restorer(store, millis, new IdGenerator(millis, new SecureRandom())).run(content, fence);
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
