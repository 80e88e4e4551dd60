package io.panocrypt.policy.model;

import java.net.URI;
import java.time.Instant;
import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A program of the site's that is told of events.
 *
 * @param id never changes
 * @param url where notices go; unique
 * @param events the public names of the events that it is told of; empty for all
 * @param created when
 * @param version counts edits from 1
 */
public record Webhook(String id, URI url, SortedSet<String> events, Instant created, long version) {
    public Webhook {
        events = Collections.unmodifiableSortedSet(new TreeSet<>(events));
    }

    /** Whether it is told of events of that type. */
    public boolean wants(EventType type) {
        return events.isEmpty() || events.contains(type.wireName());
    }

    /** The public names that may stand among {@link #events}. */
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
