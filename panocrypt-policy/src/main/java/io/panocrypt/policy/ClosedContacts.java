package io.panocrypt.policy;

import io.panocrypt.policy.model.ClosedContact;
import io.panocrypt.policy.spi.PolicyRecord;
import java.util.Set;

/** Contacts that their channels said exist no more: nothing is sent there. Thread-safe. */
final class ClosedContacts {
    private final Editor editor;

    ClosedContacts(Editor editor) {
        this.editor = editor;
    }

    boolean isClosed(String contact) {
        return editor.store().get(Records.CLOSED_CONTACT, Digest.hex(contact)).isPresent();
    }

    /** Sends nothing to a contact any more; it may be closed already. */
    void close(Recipient recipient, String cause) {
        String id = Digest.hex(recipient.contact());
        ClosedContact closed = new ClosedContact(id, recipient.contact(), cause, editor.now());
        PolicyRecord record = new PolicyRecord(Records.CLOSED_CONTACT, id, 1, Json.write(closed), Set.of(), Set.of());
        try {
            editor.apply(
                    editor.draft(Actor.SERVICE, "contact.close", Records.CLOSED_CONTACT, id, null, recipient.name())
                            .put(record));
        } catch (OperationException e) {
            if (e.kind() != OperationException.Kind.STALE) {
                throw e;
            }
        }
    }
}
