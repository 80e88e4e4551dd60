package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.model.Contact;
import io.panocrypt.policy.model.FailingContact;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Contacts whose last delivery on this node failed: what it failed with, and when they are tried again. Thread-safe. */
public final class FailingContacts {
    private static final int MAX_CONTACTS = 1_000;

    private record Failure(FailingContact shown, Instant restsUntil) {}

    /** By contact, the latest failure last. */
    private final Map<String, Failure> failures = new LinkedHashMap<>();

    synchronized void failed(String contact, String cause, Instant now, Instant restsUntil) {
        failures.remove(contact);
        failures.put(contact, new Failure(new FailingContact(Contact.shown(contact), cause, now), restsUntil));
        if (failures.size() > MAX_CONTACTS) {
            failures.remove(failures.keySet().iterator().next());
        }
    }

    synchronized void forget(String contact) {
        failures.remove(contact);
    }

    /** Until when a contact that has failed is left alone; it may be over. */
    synchronized Optional<Instant> restsUntil(String contact) {
        return Optional.ofNullable(failures.get(contact)).map(Failure::restsUntil);
    }

    public synchronized List<FailingContact> list() {
        return failures.values().stream().map(Failure::shown).toList();
    }
}
