package io.panocrypt.policy.internal.records;

import io.panocrypt.policy.model.Contact;
import java.util.HashMap;
import java.util.Map;

/** Contacts as an audit record shows them: by {@link Contact#hostOnly}, numbered so that it tells which ones have changed. */
public final class NumberedContacts {
    private final Map<String, Integer> numbers = new HashMap<>();

    /** The same contact has the same number in one record. */
    public String show(String contact) {
        return Contact.hostOnly(contact) + " #" + numbers.computeIfAbsent(contact, unseen -> numbers.size() + 1);
    }
}
