package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.model.Contact;
import io.panocrypt.policy.model.delivery.FailingContact;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Contacts whose last delivery from this node failed: why, and when they are retried; the latest 1,000. Thread-safe. */
public final class FailingContacts {
    private static final int MAX_CONTACTS = 1_000;

    private record Failure(FailingContact shown, Instant restsUntil) {}

    /** Keyed by contact; the contact that failed last is last. */
    private final Map<String, Failure> failures = new LinkedHashMap<>();

    synchronized void failed(String contact, String cause, Instant now, Instant restsUntil) {
        Failure former = failures.remove(contact);
        Instant since = former == null ? now : former.shown().since();
        failures.put(contact, new Failure(new FailingContact(Contact.shown(contact), cause, since), restsUntil));
        if (failures.size() > MAX_CONTACTS) {
            failures.remove(failures.keySet().iterator().next());
        }
    }

    synchronized void forget(String contact) {
        failures.remove(contact);
    }

    /** Until when nothing is sent to a failed contact; the time may have passed. */
    synchronized Optional<Instant> restsUntil(String contact) {
        return Optional.ofNullable(failures.get(contact)).map(Failure::restsUntil);
    }

    public synchronized List<FailingContact> list() {
        return failures.values().stream().map(Failure::shown).toList();
    }
}
