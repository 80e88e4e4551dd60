package io.panocrypt.policy.internal.resilience;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.spi.store.PolicyEdit.Change;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the store answers, and takes writes where it has been refusing some. Thread-safe.
 *
 * <p>While writes go well none is made to find out; after one has failed, whoever asks has a record rewritten that nobody
 * reads, so that a node which gets no requests any more still finds out that the store is back.
 */
public final class ReadinessCheck {
    static final String NO_ANSWER = "the store does not answer";
    public static final String NO_WRITES = "the store takes no writes";
    private static final String TRIAL = "writes";

    private final ResilientStore store;
    private final OutageLog trouble;

    /** @param trouble hears of these checks alone: how many probes fail says nothing of the machines */
    public ReadinessCheck(ResilientStore store, OutageLog trouble) {
        this.store = store;
        this.trouble = trouble;
    }

    /** Why requests cannot be answered, in words that any outsider may read; empty if they can. */
    public Optional<String> unreadyReason() {
        try {
            store.epoch();
        } catch (StoreException e) {
            trouble.failed(e);
            return Optional.of(NO_ANSWER);
        }
        try {
            if (store.failsToWrite()) {
                write();
            }
            trouble.succeeded();
            return Optional.empty();
        } catch (StoreException e) {
            trouble.failed(e);
            return Optional.of(NO_WRITES);
        }
    }

    private void write() {
        long version =
                store.get(RecordMapper.TRIAL, TRIAL).map(PolicyRecord::version).orElse(0L);
        // In conflict where another node was faster, whose write tells as much.
        store.note(
                List.of(),
                List.of(new Change.Put(
                        new PolicyRecord(RecordMapper.TRIAL, TRIAL, version + 1, "{}", Set.of(), Set.of()))));
    }
}
