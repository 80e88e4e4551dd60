package io.panocrypt.policy.internal.backup;

import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.backup.OpenGrant;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The lines of a backup. Sealed: records and open grants in any order, one last line with their number, and then the
 * journal as an export. Before them, readable by anybody, the {@link First} one.
 *
 * <p>Exactly one member is not null. A device may come twice; the later one is right.
 *
 * @param record a stored record
 * @param grant for information only; never restored
 * @param lines in the last line, how many came before it
 */
public record BackupLine(Optional<Stored> record, Optional<OpenGrant> grant, Optional<Long> lines) {
    /** What separates backups from all else that is sealed under a master key. */
    public static final String PURPOSE = "panocrypt/backup/v1";

    private static final String FORMAT = "panocrypt-backup-1";

    /**
     * The first line of the file.
     *
     * @param id identifies the backup
     * @param created when it was begun
     * @param masterKey the fingerprint of the key that opens it
     */
    public record First(String format, String id, Instant created, String masterKey) {
        static First of(String id, Instant created, String masterKey) {
            return new First(FORMAT, id, created, masterKey);
        }

        /** Empty if it is the first line of something else. */
        public static Optional<First> parse(String line) {
            return Json.readForeign(line, First.class)
                    .filter(first -> FORMAT.equals(first.format) && first.id != null && first.created != null);
        }
    }

    /** A record, as a store keeps it. */
    public record Stored(
            String kind, String id, long version, Set<String> uniqueTerms, Set<String> terms, String body) {
        PolicyRecord toRecord() {
            return new PolicyRecord(kind, id, version, body, uniqueTerms, terms);
        }

        @Override
        public String toString() {
            return "Stored[" + kind + " " + id + "]";
        }
    }

    static BackupLine of(PolicyRecord record) {
        Stored stored = new Stored(
                record.kind(), record.id(), record.version(), record.uniqueTerms(), record.terms(), record.body());
        return new BackupLine(Optional.of(stored), Optional.empty(), Optional.empty());
    }

    static BackupLine of(OpenGrant grant) {
        return new BackupLine(Optional.empty(), Optional.of(grant), Optional.empty());
    }

    static BackupLine end(long lines) {
        return new BackupLine(Optional.empty(), Optional.empty(), Optional.of(lines));
    }

    void write(OutputStream out) throws IOException {
        out.write(Json.writeAscii(this));
        out.write('\n');
    }
}
