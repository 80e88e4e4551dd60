package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.hash.Digest;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.delivery.ClosedContact;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import java.time.InstantSource;
import java.util.Set;

/** Contacts that a notifier reported as gone; nothing is sent to them. Thread-safe. */
public final class ClosedContacts {
    private final Store store;
    private final InstantSource clock;
    private final PolicyEditor editor;

    public ClosedContacts(Store store, InstantSource clock, PolicyEditor editor) {
        this.store = store;
        this.clock = clock;
        this.editor = editor;
    }

    public boolean isClosed(String contact) {
        return store.get(RecordMapper.CLOSED_CONTACT, Digest.hex(contact)).isPresent();
    }

    /** Closes a contact; does nothing if it is closed already. */
    public void close(Recipient recipient, String cause) {
        String id = Digest.hex(recipient.contact());
        ClosedContact closed = new ClosedContact(id, recipient.contact(), cause, clock.instant());
        PolicyRecord record =
                new PolicyRecord(RecordMapper.CLOSED_CONTACT, id, 1, Json.write(closed), Set.of(), Set.of());
        try {
            editor.apply(editor.draft(
                            Actor.SERVICE, "contact.close", RecordMapper.CLOSED_CONTACT, id, null, recipient.name())
                    .put(record));
        } catch (OperationException e) {
            if (e.kind() != OperationException.Kind.STALE) {
                throw e;
            }
        }
    }
}
