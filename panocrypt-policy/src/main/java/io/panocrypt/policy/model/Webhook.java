package io.panocrypt.policy.model;

import java.net.URI;
import java.time.Instant;
import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A program of the operators that is notified of events.
 *
 * @param id never changes
 * @param url where notices go; unique
 * @param events the public names of the events that it is notified of; empty for all
 * @param created when it was added
 * @param version counts edits from 1
 */
public record Webhook(String id, URI url, SortedSet<String> events, Instant created, long version) {
    public Webhook {
        events = Collections.unmodifiableSortedSet(new TreeSet<>(events));
    }

    /** Whether it is notified of events of that type. */
    public boolean wants(EventType type) {
        return events.isEmpty() || events.contains(type.wireName());
    }

    /** The public names that {@link #events} may contain. */
    public static Set<String> possibleEvents() {
        Set<String> names = new TreeSet<>();
        for (EventType type : EventType.values()) {
            if (type != EventType.NOTICE_TEST) {
                names.add(type.wireName());
            }
        }
        return names;
    }
}
