package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.testkit.Overlap;
import io.panocrypt.testkit.support.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Stores with one mistake each in their outbox. */
enum BrokenOutboxes implements BrokenStore {
    REPLACES_A_NOTICE("O1, O12", clock -> {
        AtomicInteger numbers = new AtomicInteger();
        return new SpoiltStore(clock) {
            @Override
            public WriteResult write(StoreWrite write) {
                return super.write(isDecision(write) ? Parts.outbox(write, renamed(write.outbox())) : write);
            }

            private List<OutboxEntry> renamed(List<OutboxEntry> notices) {
                return notices.stream()
                        .map(notice -> new OutboxEntry(
                                notice.id() + "-" + numbers.incrementAndGet(), notice.topic(), notice.body()))
                        .toList();
            }
        };
    }),

    TELLS_NOBODY_OF_EDITS("O2", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            return super.write(isEdit(write) ? Parts.outbox(write, List.of()) : write);
        }
    }),

    LEASES_FOR_NO_TIME("O3, O4, O8", clock -> new SpoiltStore(clock) {
        @Override
        public List<LeasedEntry> lease(String lease, Duration length, int limit) {
            return super.lease(lease, Duration.ZERO, limit);
        }
    }),

    LEASES_WHAT_IT_HAS_READ("O11", clock -> new SpoiltStore(clock) {
        private final Overlap overlap = new Overlap();

        @Override
        public List<LeasedEntry> lease(String lease, Duration length, int limit) {
            List<OutboxEntry> read = waiting(limit);
            overlap.meet();
            super.lease(lease, length, limit);
            return read.stream()
                    .map(entry -> new LeasedEntry(entry, 1, clock.instant()))
                    .toList();
        }
    }),

    FORGETS_FOLLOW_UPS("O5, O10", clock -> new SpoiltStore(clock) {
        @Override
        public boolean settle(String lease, String entryId, Settlement settlement) {
            if (settlement instanceof Settlement.Dead dead) {
                return super.settle(lease, entryId, new Settlement.Dead(dead.cause(), List.of()));
            }
            boolean done = settlement instanceof Settlement.Done;
            return super.settle(lease, entryId, done ? new Settlement.Done(List.of()) : settlement);
        }
    }),

    RETRIES_AT_ONCE("O4, O6, O7", clock -> new SpoiltStore(clock) {
        @Override
        public boolean settle(String lease, String entryId, Settlement settlement) {
            boolean later = settlement instanceof Settlement.Retry || settlement instanceof Settlement.PutOff;
            return super.settle(lease, entryId, later ? new Settlement.Retry(Duration.ZERO, "busy") : settlement);
        }
    }),

    SETTLES_UNDER_ANY_LEASE("O8", clock -> new SpoiltStore(clock) {
        private final Map<String, String> leases = new ConcurrentHashMap<>();

        @Override
        public List<LeasedEntry> lease(String lease, Duration length, int limit) {
            List<LeasedEntry> leased = super.lease(lease, length, limit);
            leased.forEach(found -> leases.put(found.entry().id(), lease));
            return leased;
        }

        @Override
        public boolean settle(String lease, String entryId, Settlement settlement) {
            return super.settle(leases.getOrDefault(entryId, lease), entryId, settlement);
        }
    }),

    REFUSES_A_LEASE_THAT_HAS_ENDED("O9", clock -> new SpoiltStore(clock) {
        private final Map<String, Instant> ends = new ConcurrentHashMap<>();

        @Override
        public List<LeasedEntry> lease(String lease, Duration length, int limit) {
            ends.put(lease, clock.instant().plus(length));
            return super.lease(lease, length, limit);
        }

        @Override
        public boolean settle(String lease, String entryId, Settlement settlement) {
            return clock.instant().isBefore(ends.getOrDefault(lease, Instant.MAX))
                    && super.settle(lease, entryId, settlement);
        }
    }),

    DROPS_INSTEAD_OF_REVIVING("O10", clock -> new SpoiltStore(clock) {
        @Override
        public boolean reviveDeadLetter(String entryId) {
            return super.dropDeadLetter(entryId);
        }
    }),

    PURGES_TOO_EARLY("O13", clock -> new SpoiltStore(clock) {
        @Override
        public int purgeOutbox(Duration age) {
            return super.purgeOutbox(Duration.ZERO);
        }
    }),

    COUNTS_DEAD_LETTERS_AS_WAITING("O14", clock -> new SpoiltStore(clock) {
        @Override
        public OutboxStatus outboxStatus() {
            OutboxStatus right = super.outboxStatus();
            return new OutboxStatus(right.now(), right.waiting() + right.dead(), right.oldest(), right.dead());
        }
    }),

    LEASES_WHAT_IT_LIKES("O15", clock -> new SpoiltStore(clock) {
        @Override
        public List<LeasedEntry> lease(String lease, Duration length, int limit) {
            List<LeasedEntry> all = super.lease(lease, length, 1_000);
            List<LeasedEntry> last = all.subList(Math.max(0, all.size() - limit), all.size());
            all.stream()
                    .filter(found -> !last.contains(found))
                    .forEach(found -> settle(lease, found.entry().id(), new Settlement.PutOff(Duration.ZERO)));
            return last;
        }
    }),

    READS_THE_OUTBOX_BY_ID("D29", clock -> new SpoiltStore(clock) {

        @Override
        public List<OutboxEntry> waiting(int limit) {
            return super.waiting(Integer.MAX_VALUE).stream()
                    .sorted(Comparator.comparing(OutboxEntry::id))
                    .limit(limit)
                    .toList();
        }
    });

    private final String rules;
    private final Function<MutableClock, SpoiltStore> store;

    BrokenOutboxes(String rules, Function<MutableClock, SpoiltStore> store) {
        this.rules = rules;
        this.store = store;
    }

    @Override
    public String rules() {
        return rules;
    }

    @Override
    public StoreFixture fixture(MutableClock clock) {
        return StoreFixture.inMemory(store.apply(clock), "node-a");
    }
}
