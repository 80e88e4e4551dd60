package io.panocrypt.policy.internal.resilience;

import io.panocrypt.policy.internal.custody.Custodies;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the store answers and accepts writes, and the custodies can use their keys. Thread-safe.
 *
 * <p>While writes succeed, no probe is written. After a failed write, each check rewrites a probe record, so that an idle
 * node notices the recovery too.
 */
public final class ReadinessCheck {
    public static final String NO_ANSWER = "the store does not answer";
    public static final String NO_WRITES = "the store takes no writes";
    private static final String TRIAL = "writes";

    private final ResilientStore store;
    private final Custodies custodies;
    private final OutageLog outages;

    /** @param outages logs failed checks, separately from failed requests */
    public ReadinessCheck(ResilientStore store, Custodies custodies, OutageLog outages) {
        this.store = store;
        this.custodies = custodies;
        this.outages = outages;
    }

    /** Why requests cannot be answered, in words that are safe to publish; empty if they can. */
    public Optional<String> unreadyReason() {
        try {
            store.epoch();
        } catch (StoreException e) {
            outages.failed(e);
            return Optional.of(NO_ANSWER);
        }
        try {
            if (store.failsToWrite()) {
                write();
            }
            outages.succeeded();
            return custodies.unreadyReason();
        } catch (StoreException e) {
            outages.failed(e);
            return Optional.of(NO_WRITES);
        }
    }

    private void write() {
        long version =
                store.get(RecordMapper.TRIAL, TRIAL).map(PolicyRecord::version).orElse(0L);
        // A conflict means that another node has written, which is proof enough.
        store.write(StoreWrite.of()
                .put(new PolicyRecord(RecordMapper.TRIAL, TRIAL, version + 1, "{}", Set.of(), Set.of()))
                .build());
    }
}
