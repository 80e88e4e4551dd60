package io.panocrypt.policy.spi.store;

import java.util.Set;

/**
 * One versioned record that operators edit, opaque to the store.
 *
 * @param kind the kind of record, such as {@code device}; at most 32 characters of {@code [a-z-]}
 * @param id unique within the kind; at most 64 characters of {@code [a-z0-9-]}
 * @param version counts edits from 1
 * @param body JSON text, opaque to the store
 * @param uniqueTerms terms that at most one record of the kind may hold; at most 256 characters each
 * @param terms terms that many records may hold, for {@link Store#scan}; at most 256 characters each
 */
public record PolicyRecord(
        String kind, String id, long version, String body, Set<String> uniqueTerms, Set<String> terms) {
    public PolicyRecord {
        uniqueTerms = Set.copyOf(uniqueTerms);
        terms = Set.copyOf(terms);
    }

    /** Only the record's identity: body and terms may hold what must not be logged. */
    @Override
    public String toString() {
        return "PolicyRecord[kind=" + kind + ", id=" + id + ", version=" + version + "]";
    }

    /** The kind of the records that hold a device; the device ids of grants and decisions name records of this kind. */
    public static final String DEVICE = "device";

    /** The kind of the records that a device's snapshot includes if they hold its id as a term. */
    public static final String REQUEST = "request";
}
