package io.panocrypt.testkit.entry;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps what it has read or scanned until it writes itself, as if there were no other node. */
final class CachingEntryStore extends ForwardingEntryStore {
    private final boolean scans;
    private final Map<List<String>, Map<String, StoreEntry>> kept = new HashMap<>();
    private final Map<List<Object>, List<StoreEntry>> pages = new HashMap<>();

    /**
     * Creates a node.
     *
     * @param scans whether it keeps pages, or else what it has read by key
     */
    CachingEntryStore(EntryStore right, boolean scans) {
        super(right);
        this.scans = scans;
    }

    @Override
    public synchronized Map<String, StoreEntry> read(Collection<String> keys) {
        return scans ? super.read(keys) : kept.computeIfAbsent(List.copyOf(keys), super::read);
    }

    @Override
    public synchronized List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
        return scans
                ? pages.computeIfAbsent(List.of(from, to, limit, order), page -> super.scan(from, to, limit, order))
                : super.scan(from, to, limit, order);
    }

    @Override
    public synchronized boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
        kept.clear();
        pages.clear();
        return super.write(conditions, mutations);
    }
}
