package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.StoreException;
import java.time.Duration;

/** Runs queries on connections other than the writer's. Thread-safe. */
interface Reader extends AutoCloseable {
    /** How long a caller waits for a query. */
    enum Wait {
        /** Reads one object by its key for a machine that waits: as long as a write. */
        SHORT,
        /** Reads a page for a person: 30 s, or as long as a write if that is longer. */
        LONG;

        private static final Duration PAGE = Duration.ofSeconds(30);

        /** @param timeout of a write */
        Duration limit(Duration timeout) {
            return this == SHORT || timeout.compareTo(PAGE) > 0 ? timeout : PAGE;
        }
    }

    /** @throws StoreException if the database does not answer, refuses a value, or holds damaged data */
    <T> T read(Wait wait, String sql, Mapping<T> mapping, Object... values);

    /** Closes what the reader has opened itself: nothing, unless it says otherwise. */
    @Override
    default void close() {
        // A data source belongs to the caller.
    }
}
