package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.spi.notify.Notifier;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The notifiers by scheme, separately for people and for webhooks. Immutable. */
public final class NotifierRegistry {
    private final Map<String, Notifier> people;
    private final Map<String, Notifier> webhooks;

    /** @throws IllegalArgumentException if two notifiers serve the same scheme */
    public NotifierRegistry(List<Notifier> people, List<Notifier> webhooks) {
        this.people = byScheme(people);
        this.webhooks = byScheme(webhooks);
    }

    private static Map<String, Notifier> byScheme(List<Notifier> notifiers) {
        Map<String, Notifier> found = new HashMap<>();
        for (Notifier notifier : notifiers) {
            for (String scheme : notifier.schemes()) {
                if (found.put(scheme.toLowerCase(Locale.ROOT), notifier) != null) {
                    throw new IllegalArgumentException("two notifiers serve " + scheme);
                }
            }
        }
        return Map.copyOf(found);
    }

    public Set<String> schemesOfPeople() {
        return new TreeSet<>(people.keySet());
    }

    public Set<String> schemesOfWebhooks() {
        return new TreeSet<>(webhooks.keySet());
    }

    /** The notifier for the contact's scheme. */
    public Optional<Notifier> serving(Recipient recipient, URI contact) {
        Map<String, Notifier> served = recipient.kind() == Recipient.Kind.WEBHOOK ? webhooks : people;
        return Optional.ofNullable(
                served.get(String.valueOf(contact.getScheme()).toLowerCase(Locale.ROOT)));
    }
}
