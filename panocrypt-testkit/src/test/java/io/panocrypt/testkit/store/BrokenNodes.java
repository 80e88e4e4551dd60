package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalCut;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.LeasedEntry;
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
        public synchronized CommitResult commit(DecisionCommit commit) {
            boolean seen = grants(commit.deviceId()).stream()
                    .anyMatch(grant -> commit.spends().contains(grant.id()));
            overlap.meet();
            CommitResult result = super.commit(commit);
            boolean lost = seen && result == CommitResult.CONFLICT;
            return lost
                    ? super.commit(BrokenCommits.with(commit, commit.deviceVersion(), commit.epoch(), List.of()))
                    : result;
        }
    }),

    KEEPS_THE_IDS_OF_COMMITS_IN_THE_PROCESS("D20", (right, node, overlap) -> new ForwardingStore(right) {
        private final Set<String> ids = ConcurrentHashMap.newKeySet();

        @Override
        public CommitResult commit(DecisionCommit commit) {
            JournalEntry entry = commit.entry();
            String id = UUID.randomUUID().toString();
            return ids.add(entry.id())
                    ? super.commit(new DecisionCommit(
                            new JournalEntry(id, entry.kind(), entry.time(), entry.deviceId(), entry.body()),
                            commit.deviceId(),
                            commit.deviceVersion(),
                            commit.epoch(),
                            commit.spends(),
                            commit.changes(),
                            commit.outbox()))
                    : CommitResult.COMMITTED;
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
            return outbox(limit).stream()
                    .filter(entry -> leased.add(entry.id()))
                    .map(entry -> new LeasedEntry(entry, 1, now))
                    .toList();
        }
    }),

    CUTS_ITS_OWN_CHAIN_ONLY("D66", (right, node, overlap) -> new ForwardingStore(right) {
        @Override
        public CommitResult cut(JournalCut cut) {
            return cut.end().chain().equals(node) ? super.cut(cut) : CommitResult.CONFLICT;
        }
    }),

    REMEMBERS_CUTS_IN_THE_PROCESS("D67", (right, node, overlap) -> new ForwardingStore(right) {
        private final Map<String, Long> ends = new ConcurrentHashMap<>();

        @Override
        public CommitResult cut(JournalCut cut) {
            ends.put(cut.end().chain(), cut.end().sequence());
            return super.note(List.of(cut.entry()), List.of(cut.stands()));
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
