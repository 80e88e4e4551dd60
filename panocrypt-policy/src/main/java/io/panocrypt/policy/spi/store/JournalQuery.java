package io.panocrypt.policy.spi.store;

import org.jspecify.annotations.Nullable;

/**
 * Selects journal rows, newest first: by time, then chain, then sequence, all descending.
 *
 * @param kind only rows of this kind
 * @param deviceId only rows of this device; null for all
 * @param before only rows that sort after this position, which need not be a row's; null from the newest
 * @param limit maximum number of rows, 1 to 1,000
 */
public record JournalQuery(
        JournalEntry.Kind kind,
        @Nullable String deviceId,
        @Nullable Position before,
        int limit) {

    /** A row's position in that order. */
    public record Position(long epochMilli, String chain, long sequence) {
        /** The position after all rows of that millisecond: only older rows sort after it. */
        public static Position olderThan(long epochMilli) {
            return new Position(epochMilli, "", 0);
        }

        /** The position of that row. */
        public static Position of(JournalRow row) {
            return new Position(row.entry().time().toEpochMilli(), row.chain(), row.sequence());
        }
    }
}
