package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.Overlap;
import io.panocrypt.testkit.support.MutableClock;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stores that are correct for a single running process, with one mistake each in restarts or in the use by several
 * nodes.
 */
enum BrokenNodes implements BrokenStore {
    LOCKS_IN_THE_PROCESS("D12", (right, node, overlap) -> new ForwardingStore(right) {
        @Override
        public synchronized WriteResult write(StoreWrite write) {
            boolean seen = write.spends().stream()
                    .anyMatch(spend -> grants(spend.deviceId()).stream()
                            .anyMatch(grant -> grant.id().equals(spend.grantId())));
            overlap.meet();
            WriteResult result = super.write(write);
            boolean lost = seen && result instanceof WriteResult.NotSpendable;
            return lost ? super.write(Parts.spends(write, List.of())) : result;
        }
    }),

    KEEPS_THE_IDS_OF_COMMITS_IN_THE_PROCESS("D20", (right, node, overlap) -> new ForwardingStore(right) {
        private final Set<String> ids = ConcurrentHashMap.newKeySet();

        @Override
        public WriteResult write(StoreWrite write) {
            boolean isNew = write.entries().stream().allMatch(entry -> ids.add(entry.id()));
            return isNew ? super.write(Parts.renamed(write, "-" + UUID.randomUUID())) : new WriteResult.Written();
        }
    }),

    COUNTS_EPOCHS_IN_THE_PROCESS("P21", (right, node, overlap) -> new ForwardingStore(right) {
        private final long before = right.epoch() - 1;

        @Override
        public long epoch() {
            return super.epoch() - before;
        }
    }),

    KEEPS_LEASES_IN_THE_PROCESS("O16", (right, node, overlap) -> new ForwardingStore(right) {
        private final Set<String> leased = ConcurrentHashMap.newKeySet();

        @Override
        public List<LeasedEntry> lease(String lease, Duration length, int limit) {
            super.lease(lease, length, limit);
            Instant now = outboxStatus().now();
            return waiting(limit).stream()
                    .filter(entry -> leased.add(entry.id()))
                    .map(entry -> new LeasedEntry(entry, 1, now))
                    .toList();
        }
    }),

    CUTS_ITS_OWN_CHAIN_ONLY("D66", (right, node, overlap) -> new ForwardingStore(right) {
        @Override
        public WriteResult write(StoreWrite write) {
            ChainHead end = write.truncation();
            return end == null || end.chain().equals(node) ? super.write(write) : new WriteResult.NotTruncatable();
        }
    }),

    REMEMBERS_CUTS_IN_THE_PROCESS("D67", (right, node, overlap) -> new ForwardingStore(right) {
        private final Map<String, Long> ends = new ConcurrentHashMap<>();

        @Override
        public WriteResult write(StoreWrite write) {
            ChainHead end = write.truncation();
            if (end != null) {
                ends.put(end.chain(), end.sequence());
            }
            return super.write(Parts.truncation(write, null));
        }

        @Override
        public List<JournalRow> chain(String chain, long after, int limit) {
            return super.chain(chain, Math.max(after, ends.getOrDefault(chain, 0L)), limit);
        }
    });

    private final String rules;
    private final Mistake mistake;

    BrokenNodes(String rules, Mistake mistake) {
        this.rules = rules;
        this.mistake = mistake;
    }

    @Override
    public String rules() {
        return rules;
    }

    @Override
    public StoreFixture fixture(MutableClock clock) throws SQLException {
        Overlap overlap = new Overlap();
        return new SpoiltFixture(new H2Fixture(clock), (right, node) -> mistake.in(right, node, overlap));
    }

    /** Adds the mistake to a node; all nodes of a store share the overlap. */
    private interface Mistake {
        ForwardingStore in(JdbcStore right, String node, Overlap overlap);
    }
}
