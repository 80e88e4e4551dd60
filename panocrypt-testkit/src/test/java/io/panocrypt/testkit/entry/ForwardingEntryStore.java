package io.panocrypt.testkit.entry;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Forwards all calls; a mistake overrides some. */
class ForwardingEntryStore implements EntryStore {
    private final EntryStore right;
    private final Thread test = Thread.currentThread();

    ForwardingEntryStore(EntryStore right) {
        this.right = right;
    }

    /** Whether the calling thread is one of several that a test has started. */
    final boolean inARace() {
        return Thread.currentThread() != test;
    }

    /** Makes the first mutation, lets another call in, and makes the other mutations. */
    final boolean writeInHalves(
            Collection<EntryCondition> conditions, Collection<EntryMutation> mutations, Intrusion intrusion) {
        List<EntryMutation> parts = new ArrayList<>(mutations);
        boolean written = right.write(conditions, parts.subList(0, 1));
        intrusion.letIn();
        return written && right.write(List.of(), parts.subList(1, parts.size()));
    }

    @Override
    public Map<String, StoreEntry> read(Collection<String> keys) {
        return right.read(keys);
    }

    @Override
    public List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
        return right.scan(from, to, limit, order);
    }

    @Override
    public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
        return right.write(conditions, mutations);
    }

    @Override
    public Instant now() {
        return right.now();
    }

    @Override
    public int maxBatch() {
        return right.maxBatch();
    }

    @Override
    public boolean boundsItsCalls() {
        return right.boundsItsCalls();
    }
}
