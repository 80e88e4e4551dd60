package io.panocrypt.policy;

import io.panocrypt.policy.spi.PolicyEdit.Change;
import io.panocrypt.policy.spi.PolicyRecord;
import io.panocrypt.policy.spi.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the store answers, and takes writes where it has been refusing some. Thread-safe.
 *
 * <p>While writes go well none is made to find out; after one has failed, whoever asks has a record rewritten that nobody
 * reads, so that a node which gets no requests any more still finds out that the store is back.
 */
final class Readiness {
    static final String NO_ANSWER = "the store does not answer";
    static final String NO_WRITES = "the store takes no writes";
    private static final String TRIAL = "writes";

    private final GuardedStore store;
    private final TroubleLog trouble;

    Readiness(GuardedStore store, TroubleLog trouble) {
        this.store = store;
        this.trouble = trouble;
    }

    /** What is missing, in words that any outsider may read; empty if nothing is. */
    Optional<String> missing() {
        try {
            store.epoch();
        } catch (StoreException e) {
            trouble.failed(e);
            return Optional.of(NO_ANSWER);
        }
        if (!store.failsToWrite()) {
            return Optional.empty();
        }
        try {
            write();
            return Optional.empty();
        } catch (StoreException e) {
            trouble.failed(e);
            return Optional.of(NO_WRITES);
        }
    }

    private void write() {
        long version =
                store.get(Records.TRIAL, TRIAL).map(PolicyRecord::version).orElse(0L);
        // In conflict where another node was faster, whose write tells as much.
        store.note(
                List.of(),
                List.of(new Change.Put(new PolicyRecord(Records.TRIAL, TRIAL, version + 1, "{}", Set.of(), Set.of()))));
    }
}
