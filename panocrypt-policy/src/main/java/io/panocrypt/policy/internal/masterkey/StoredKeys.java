package io.panocrypt.policy.internal.masterkey;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.policy.internal.journal.SiteIdentity;
import io.panocrypt.policy.internal.notice.VapidKey;
import io.panocrypt.policy.internal.notice.WebhookSecrets;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.Rewrapping;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.internal.records.StoredWebhook;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.util.List;

/** All records of a store that hold sealed keys, read in pages. Thread-safe. */
final class StoredKeys {
    private static final int PAGE = 200;

    private final Store store;

    StoredKeys(Store store) {
        this.store = store;
    }

    /** Gets each record with its successor, whose keys are as an operation returns them. */
    interface Visitor {
        /** What happens to each key of a record. */
        Rewrapping operation();

        /** Called after the operation was called for all of the record's keys. */
        void visit(PolicyRecord record, PolicyRecord successor);

        /** Called for a record that cannot be read, or with a key that does not open. */
        void cannotUse(PolicyRecord record, RuntimeException fault);
    }

    /** Makes a record's successor. */
    private interface Successor {
        PolicyRecord of(PolicyRecord record, Rewrapping operation);
    }

    void visit(Visitor visitor) {
        SiteIdentity.stored(store)
                .ifPresent(stored -> visit(
                        visitor,
                        stored.record(),
                        (record, operation) -> stored.replacedBy(stored.site().withKeys(operation))));
        VapidKey.stored(store)
                .ifPresent(stored -> visit(
                        visitor,
                        stored,
                        (record, operation) -> RecordMapper.read(record, VapidKey.class)
                                .rewrapped(operation)
                                .record(record.version() + 1)));
        visitAll(
                visitor,
                RecordMapper.WEBHOOK,
                (record, operation) -> WebhookSecrets.rewrapped(
                                RecordMapper.read(record, StoredWebhook.class), operation)
                        .record());
        visitAll(
                visitor,
                RecordMapper.DEVICE,
                (record, operation) -> RecordMapper.of(
                        RecordMapper.read(record, StoredDevice.class).rewrapped(operation)));
    }

    private void visitAll(Visitor visitor, String kind, Successor successor) {
        List<PolicyRecord> page = store.scan(kind, null, null, PAGE);
        while (!page.isEmpty()) {
            page.forEach(record -> visit(visitor, record, successor));
            page = store.scan(kind, null, page.get(page.size() - 1).id(), PAGE);
        }
    }

    private static void visit(Visitor visitor, PolicyRecord record, Successor successor) {
        PolicyRecord next;
        try {
            next = successor.of(record, visitor.operation());
        } catch (CustodyException | UnreadableRecordException e) {
            visitor.cannotUse(record, e);
            return;
        }
        visitor.visit(record, next);
    }
}
