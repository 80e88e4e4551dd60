package io.panocrypt.policy.internal.backup;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedFileWriter;
import io.panocrypt.policy.internal.journal.ExportWriter;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.backup.OpenGrant;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a sealed backup of a store that is in use. Thread-safe.
 *
 * <p>The policy in it is that after the last audit entry in it, and before the next one. Requests and known sources may be
 * from any time of the backup: a restore ends the former, and the latter are only added to.
 */
public final class BackupWriter {
    private static final int PAGE = 500;

    private final Store store;
    private final ExportWriter journal;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final SecureRandom random;

    public BackupWriter(Store store, ExportWriter journal, InstantSource clock, IdGenerator ids, SecureRandom random) {
        this.store = store;
        this.journal = journal;
        this.clock = clock;
        this.ids = ids;
        this.random = random;
    }

    /**
     * Writes all of it; after an exception, what was written does not open.
     *
     * @throws StoreException if the store fails, policy is edited without a pause, or retention removes entries meanwhile
     */
    public void write(MasterKey key, OutputStream out) throws IOException {
        BackupLine.First first = BackupLine.First.of(ids.next(), clock.instant(), key.fingerprint());
        String line = new String(Json.writeAscii(first), StandardCharsets.US_ASCII);
        try (SealedFileWriter sealed = new SealedFileWriter(key, BackupLine.PURPOSE, line, random, out)) {
            new Content(sealed).write();
            sealed.finish();
        }
    }

    /** The writing of one backup. */
    private final class Content {
        private final OutputStream out;
        private long lines;

        Content(OutputStream out) {
            this.out = out;
        }

        void write() throws IOException {
            pages(RecordMapper.SITE);
            List<PolicyRecord> cuts = PolicyCache.scanAll(store, RecordMapper.CUT, null);
            all(cuts);
            EditWatch watch = new EditWatch(store, clock);
            devices();
            pages(RecordMapper.KNOWN_SOURCE);
            pages(RecordMapper.REQUEST);
            all(watch.settle());
            BackupLine.end(lines).write(out);
            journal.write(out, watch.time(), watch.heads());
            if (!cuts.equals(PolicyCache.scanAll(store, RecordMapper.CUT, null))) {
                throw new StoreException("entries were removed from the journal during the backup: take it again");
            }
        }

        private void devices() throws IOException {
            for (List<PolicyRecord> page = page(RecordMapper.DEVICE, null);
                    !page.isEmpty();
                    page = next(RecordMapper.DEVICE, page)) {
                all(page);
                for (PolicyRecord device : page) {
                    grants(device.id());
                }
            }
        }

        private void grants(String device) throws IOException {
            Instant now = clock.instant();
            for (Grant grant : store.grants(device)) {
                if (grant.isValidAt(now)) {
                    line(BackupLine.of(new OpenGrant(device, grant.usesLeft(), grant.expires())));
                }
            }
        }

        private void pages(String kind) throws IOException {
            for (List<PolicyRecord> page = page(kind, null); !page.isEmpty(); page = next(kind, page)) {
                all(page);
            }
        }

        private List<PolicyRecord> page(String kind, @Nullable String after) {
            return store.scan(kind, null, after, PAGE);
        }

        private List<PolicyRecord> next(String kind, List<PolicyRecord> page) {
            return page.size() < PAGE
                    ? List.of()
                    : page(kind, page.get(page.size() - 1).id());
        }

        private void all(List<PolicyRecord> records) throws IOException {
            for (PolicyRecord record : records) {
                line(BackupLine.of(record));
            }
        }

        private void line(BackupLine line) throws IOException {
            line.write(out);
            lines++;
        }
    }
}
