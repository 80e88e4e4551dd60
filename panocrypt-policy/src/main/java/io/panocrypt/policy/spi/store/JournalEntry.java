package io.panocrypt.policy.spi.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened, before a store gives it a place on a chain.
 *
 * @param id unique over all chains; the identity of the commit or edit that carries it
 * @param kind what kind of thing
 * @param time when it was decided, to the millisecond
 * @param deviceId the device that it concerns, if it concerns one
 * @param body JSON text, opaque to the store
 */
public record JournalEntry(
        String id, Kind kind, Instant time, @Nullable String deviceId, String body) {

    /** The kinds of entry. */
    public enum Kind {
        /** An attempt to unlock: what operators call history. */
        UNLOCK,
        /** What an operator changed. */
        AUDIT,
        /** The signed heads of all chains. */
        CHECKPOINT,
        /** A word that no release ever wrote: somebody has changed the row. */
        UNKNOWN;

        /** The kind with that name, or {@link #UNKNOWN}. */
        public static Kind of(String name) {
            for (Kind kind : values()) {
                if (kind.name().equals(name)) {
                    return kind;
                }
            }
            return UNKNOWN;
        }
    }
}
