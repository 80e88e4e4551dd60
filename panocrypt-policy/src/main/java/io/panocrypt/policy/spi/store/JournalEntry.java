package io.panocrypt.policy.spi.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event before the store links it to a chain.
 *
 * @param id unique over all chains; the identity of the write that carries it
 * @param kind the kind of event
 * @param time when it was decided, to the millisecond
 * @param deviceId the device that it concerns, if any
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
        /** A text that no release ever wrote: the row was tampered with. */
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
