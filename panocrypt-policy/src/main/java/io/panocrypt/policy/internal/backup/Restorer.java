package io.panocrypt.policy.internal.backup;

import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.journal.ExportedJournal;
import io.panocrypt.policy.internal.journal.SiteIdentity;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.backup.FenceStatus;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Restores a backup into an empty store: first the fence together with the site, which shuts out every service, then the
 * records and the journal, and at last the entry that says so. Can be run again after an interruption.
 */
public final class Restorer {
    /** So few that a distant database takes them within the usual timeout of a write. */
    private static final int RECORDS = 50;

    private static final int ROWS = 200;

    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;

    public Restorer(Store store, InstantSource clock, IdGenerator ids) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
    }

    /**
     * Restores all of it, or returns at once if this backup has been restored here.
     *
     * @param standing the fence that stands afterwards
     * @throws IllegalStateException if the store is in use, or cannot be restored into; nothing has changed
     * @throws StoreException if the store fails; no service opens it until the same restore has ended
     */
    public void run(BackupContent content, FenceStatus standing) throws IOException {
        if (!store.restores()) {
            throw new IllegalStateException("this kind of store cannot be restored into");
        }
        Optional<FenceRecord> found = FenceRecord.find(store);
        if (found.filter(fence -> fence.whole() && isOf(fence, standing)).isPresent()) {
            return;
        }
        if (found.filter(fence -> !fence.whole() && isOf(fence, standing)).isEmpty()) {
            begin(content, standing);
        }
        records(content);
        for (ChainHead head : content.journal().heads()) {
            rows(content.journal(), head);
        }
        end(standing);
    }

    private static boolean isOf(FenceRecord fence, FenceStatus standing) {
        return fence.status().backupId().equals(standing.backupId());
    }

    private void begin(BackupContent content, FenceStatus standing) {
        if (!isEmpty()) {
            throw inUse();
        }
        PolicyRecord fence = new FenceRecord(false, standing).record();
        // A service that opens the store at the same moment creates a site, and only one of the two succeeds.
        if (!store.write(StoreWrite.of().put(content.site(), fence).build()).isWritten()) {
            throw inUse();
        }
    }

    private boolean isEmpty() {
        return SiteIdentity.isEmpty(store)
                && store.heads().isEmpty()
                && store.get(RecordMapper.FENCE, FenceRecord.ID).isEmpty();
    }

    private static IllegalStateException inUse() {
        return new IllegalStateException("the store is in use: a backup is restored only into an empty one");
    }

    private void records(BackupContent content) throws IOException {
        List<PolicyRecord> page = new ArrayList<>();
        content.forEachRecord(record -> {
            page.add(cancelled(record));
            if (page.size() == RECORDS) {
                store.restore(List.copyOf(page), List.of());
                page.clear();
            }
        });
        store.restore(List.copyOf(page), List.of());
    }

    /** A request is no longer open, and holds no place; every other record stays as it is. */
    private static PolicyRecord cancelled(PolicyRecord record) {
        if (!record.kind().equals(RecordMapper.REQUEST)) {
            return record;
        }
        return RecordMapper.readIfReadable(record, ApprovalRequest.class)
                .map(RecordMapper::closed)
                .orElseGet(() -> new PolicyRecord(
                        record.kind(), record.id(), record.version(), record.body(), Set.of(), Set.of()));
    }

    private void rows(ExportedJournal journal, ChainHead head) {
        List<JournalRow> page = journal.chain(head.chain(), 0, ROWS);
        while (!page.isEmpty()) {
            store.restore(List.of(), page);
            page = journal.chain(head.chain(), page.get(page.size() - 1).sequence(), ROWS);
        }
    }

    private void end(FenceStatus standing) {
        PolicyEditor.AuditBody body = new PolicyEditor.AuditBody(
                Actor.HOST.id(), "site.restore", RecordMapper.FENCE, FenceRecord.ID, null, standing.backupTime());
        JournalEntry entry =
                new JournalEntry(ids.next(), JournalEntry.Kind.AUDIT, clock.instant(), null, Json.write(body));
        boolean written = store.write(StoreWrite.of(entry)
                        .put(new FenceRecord(true, standing).record())
                        .cancel(List.of(new GrantScope.OfTerms(Set.of())))
                        .growEpoch(true)
                        .build())
                .isWritten();
        if (!written) {
            throw new StoreException("another restore into this store runs");
        }
    }
}
