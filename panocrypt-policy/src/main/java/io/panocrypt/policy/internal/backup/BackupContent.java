package io.panocrypt.policy.internal.backup;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedFileException;
import io.panocrypt.crypto.custody.SealedFileReader;
import io.panocrypt.policy.internal.journal.ByteSource;
import io.panocrypt.policy.internal.journal.ExportedJournal;
import io.panocrypt.policy.internal.journal.LineReader;
import io.panocrypt.policy.internal.journal.SiteIdentity;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.backup.InvalidBackupException;
import io.panocrypt.policy.model.backup.OpenGrant;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a backup file holds. Opening it reads all of it, so everything that can be wrong with it is found before anything is
 * done with it. Holds no record but the site's in memory. Not thread-safe.
 */
public final class BackupContent implements AutoCloseable {
    private final BackupLine.First first;
    private final LineReader lines;
    private final Map<String, Long> counts = new TreeMap<>();
    private final List<OpenGrant> grants = new ArrayList<>();
    /** The line of each device that comes again, by id: the last one is right. */
    private final Map<String, Long> latest = new HashMap<>();

    private long openRequests;
    private @Nullable PolicyRecord site;
    private @Nullable ExportedJournal journal;

    private BackupContent(BackupLine.First first, LineReader lines) {
        this.first = first;
        this.lines = lines;
    }

    /**
     * Opens a backup.
     *
     * @throws InvalidBackupException if it is no backup, is incomplete or was changed, or another master key opens it
     * @throws IOException if it cannot be read
     */
    public static BackupContent open(Path file, MasterKey key) throws IOException {
        BackupLine.First first = first(file);
        if (!key.fingerprint().equals(first.masterKey())) {
            throw new InvalidBackupException("the backup is sealed under another master key (fingerprint "
                    + first.masterKey() + ", this one has " + key.fingerprint() + ")");
        }
        LineReader lines;
        try {
            lines = new LineReader(source(SealedFileReader.open(file, key, BackupLine.PURPOSE)));
        } catch (SealedFileException e) {
            throw new InvalidBackupException("the backup is incomplete or was changed", e);
        }
        BackupContent content = new BackupContent(first, lines);
        try {
            content.index();
            return content;
        } catch (IOException | RuntimeException e) {
            lines.close();
            throw e;
        }
    }

    private static BackupLine.First first(Path file) throws IOException {
        try {
            return BackupLine.First.parse(SealedFileReader.line(file))
                    .orElseThrow(() -> new InvalidBackupException("the file is no backup of this release"));
        } catch (SealedFileException e) {
            throw new InvalidBackupException("the file is no backup", e);
        }
    }

    private static ByteSource source(SealedFileReader file) {
        return new ByteSource() {
            @Override
            public int read(ByteBuffer buffer, long position) throws IOException {
                return file.read(buffer, position);
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    private void index() throws IOException {
        Set<String> devices = new HashSet<>();
        long number = 0;
        BackupLine line = next();
        while (line.lines().isEmpty()) {
            line.grant().ifPresent(grants::add);
            if (line.record().isPresent()) {
                index(line.record().get().toRecord(), number, devices);
            }
            number++;
            line = next();
        }
        if (line.lines().get() != number || site == null) {
            throw malformed();
        }
        journal = ExportedJournal.open(lines);
    }

    private void index(PolicyRecord record, long number, Set<String> devices) {
        if (record.kind().equals(RecordMapper.DEVICE) && !devices.add(record.id())) {
            latest.put(record.id(), number);
            return;
        }
        counts.merge(record.kind(), 1L, Long::sum);
        if (SiteIdentity.isRecord(record)) {
            site = record;
        }
        if (record.kind().equals(RecordMapper.REQUEST) && record.terms().contains(RecordMapper.OPEN)) {
            openRequests++;
        }
    }

    private BackupLine next() throws IOException {
        return lines.next()
                .flatMap(text -> Json.readForeign(text, BackupLine.class))
                .orElseThrow(BackupContent::malformed);
    }

    private static InvalidBackupException malformed() {
        return new InvalidBackupException("the backup has a form that this release does not know");
    }

    public BackupLine.First first() {
        return first;
    }

    /** The record that identifies the site. */
    public PolicyRecord site() {
        if (site == null) {
            throw new IllegalStateException("not indexed");
        }
        return site;
    }

    public ExportedJournal journal() {
        if (journal == null) {
            throw new IllegalStateException("not indexed");
        }
        return journal;
    }

    /** How many records there are of each kind. */
    public Map<String, Long> counts() {
        return counts;
    }

    public List<OpenGrant> grants() {
        return grants;
    }

    public long openRequests() {
        return openRequests;
    }

    /** Reads every record, each once. */
    public void forEachRecord(Consumer<PolicyRecord> reader) throws IOException {
        lines.seek(0);
        long number = 0;
        BackupLine line = next();
        while (line.lines().isEmpty()) {
            Optional<PolicyRecord> record = line.record().map(BackupLine.Stored::toRecord);
            long at = number;
            record.filter(found -> isLatest(found, at)).ifPresent(reader);
            number++;
            line = next();
        }
    }

    private boolean isLatest(PolicyRecord record, long number) {
        return !record.kind().equals(RecordMapper.DEVICE) || latest.getOrDefault(record.id(), number) == number;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
