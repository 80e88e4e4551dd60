package io.panocrypt.policy.internal.records;

import io.panocrypt.policy.model.Contact;
import java.util.HashMap;
import java.util.Map;

/** Shows contacts in an audit entry as {@link Contact#hostOnly}, with numbers that show which ones changed. */
public final class NumberedContacts {
    private final Map<String, Integer> numbers = new HashMap<>();

    /** The short form of a contact and its number; a contact keeps its number within one entry. */
    public String show(String contact) {
        return Contact.hostOnly(contact) + " #" + numbers.computeIfAbsent(contact, unseen -> numbers.size() + 1);
    }
}
