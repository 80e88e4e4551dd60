package io.panocrypt.policy.internal.masterkey;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.MasterKeyStatus;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The running nodes of a site, each of which says in a record of its own which master keys it can use. Thread-safe. */
public final class RunningNodes {
    /** How long a record outlives its node, so that the list stays short. */
    private static final Duration KEPT = Duration.ofHours(1);

    private static final int MAX_NODES = 1000;

    private final Store store;
    private final InstantSource clock;
    private final KeyCustody custody;
    private final String id;
    private final Duration validity;

    /**
     * @param id of this run of the service
     * @param interval how often the node announces itself; it counts as running for three intervals and a minute
     */
    public RunningNodes(Store store, InstantSource clock, KeyCustody custody, String id, Duration interval) {
        this.store = store;
        this.clock = clock;
        this.custody = custody;
        this.id = id;
        this.validity = interval.multipliedBy(3).plusMinutes(1);
    }

    /** The stored form. */
    private record Body(Set<String> fingerprints, Instant seen, Instant until) {}

    /** Writes this node's record, and removes those of nodes that ended long ago. */
    public void announce() {
        Instant now = clock.instant();
        long version =
                store.get(RecordMapper.NODE, id).map(PolicyRecord::version).orElse(0L) + 1;
        Body body = new Body(new TreeSet<>(custody.fingerprints()), now, now.plus(validity));
        store.write(StoreWrite.of()
                .put(new PolicyRecord(RecordMapper.NODE, id, version, Json.write(body), Set.of(), Set.of()))
                .build());
        for (PolicyRecord record : records()) {
            if (RecordMapper.readIfReadable(record, Body.class)
                    .filter(other -> other.until().plus(KEPT).isBefore(now))
                    .isPresent()) {
                delete(record);
            }
        }
    }

    /** Removes this node's record. */
    public void withdraw() {
        store.get(RecordMapper.NODE, id).ifPresent(this::delete);
    }

    private void delete(PolicyRecord record) {
        // A conflict means that the node is back, or that another one was faster.
        store.write(StoreWrite.of()
                .delete(record.kind(), record.id(), record.version())
                .build());
    }

    private List<PolicyRecord> records() {
        return store.scan(RecordMapper.NODE, null, null, MAX_NODES);
    }

    /** The nodes that have announced themselves lately, by age. */
    public List<MasterKeyStatus.Node> running() {
        Instant now = clock.instant();
        return records().stream()
                .flatMap(record -> RecordMapper.readIfReadable(record, Body.class)
                        .filter(body -> body.until().isAfter(now))
                        .map(body -> new MasterKeyStatus.Node(record.id(), body.seen(), body.fingerprints()))
                        .stream())
                .toList();
    }
}
