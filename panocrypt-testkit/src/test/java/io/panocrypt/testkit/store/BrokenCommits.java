package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.Spend;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.testkit.Overlap;
import io.panocrypt.testkit.support.MutableClock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Stores with one typical mistake each in committing decisions and in writing counts. */
enum BrokenCommits implements BrokenStore {
    SELECTS_THEN_UPDATES("D11", clock -> new SpoiltStore(clock) {
        private final Overlap overlap = new Overlap();

        @Override
        public WriteResult write(StoreWrite write) {
            boolean seen = write.spends().stream()
                    .anyMatch(spend -> grants(spend.deviceId()).stream()
                            .anyMatch(grant -> grant.id().equals(spend.grantId())));
            overlap.meet();
            WriteResult result = super.write(write);
            boolean lost = seen && result instanceof WriteResult.NotSpendable;
            return lost ? super.write(Parts.spends(write, List.of())) : result;
        }
    }),

    SPENDS_NOTHING("D4, D11, R1, R2, R8", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            return super.write(Parts.spends(write, List.of()));
        }
    }),

    SPENDS_ONLY_THE_FIRST_GRANT("D33", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            return super.write(
                    Parts.spends(write, write.spends().stream().limit(1).toList()));
        }
    }),

    SPENDS_ALL_GRANTS_OF_THE_DEVICE("D14", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            List<Spend> all = write.spends().stream()
                    .flatMap(spend -> grants(spend.deviceId()).stream())
                    .map(grant -> new Spend(grant.deviceId(), grant.id()))
                    .toList();
            return super.write(Parts.spends(write, all));
        }
    }),

    IGNORES_HOW_MANY_ROWS_A_SPEND_CHANGED("D7, D8, D11, D33", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            WriteResult result = super.write(write);
            return result instanceof WriteResult.NotSpendable ? super.write(Parts.spends(write, List.of())) : result;
        }
    }),

    BUMPS_THE_EPOCH_WITH_EACH_COMMIT("D15", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            WriteResult result = super.write(write);
            if (isDecision(write)) {
                super.write(
                        Parts.epoch(Parts.renamed(StoreWrite.of(write.entries()).build(), "-bump"), null, true));
            }
            return result;
        }
    }),

    FORGETS_THE_CHANGES_OF_A_DECISION("D34", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            return super.write(isDecision(write) ? Parts.without(write, Change.Put.class::isInstance) : write);
        }
    }),

    CHANGES_ONE_RECORD_AFTER_ANOTHER("D35", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            if (!isDecision(write)) {
                return super.write(write);
            }
            for (Change change : write.changes()) {
                WriteResult result =
                        super.write(StoreWrite.of().change(List.of(change)).build());
                if (!result.isWritten()) {
                    return result;
                }
            }
            return super.write(Parts.changes(write, List.of()));
        }
    }),

    FORGETS_THE_CHANGES_BESIDE_COUNTS("D37, D38, D39", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            boolean isCounted = !isDecision(write) && !isEdit(write);
            return super.write(isCounted ? Parts.changes(write, List.of()) : write);
        }
    }),

    WRITES_COUNTS_ROW_BY_ROW("D38", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            if (isDecision(write) || isEdit(write)) {
                return super.write(write);
            }
            for (JournalEntry entry : write.entries()) {
                super.write(StoreWrite.of(entry).build());
            }
            return super.write(StoreWrite.of().change(write.changes()).build());
        }
    }),

    IGNORES_THE_EPOCH(
            "D6, D18, P25, P26",
            clock -> SpoiltStore.writing(clock, write -> Parts.epoch(write, null, write.growsEpoch()))),

    IGNORES_REQUIREMENTS(
            "D5, D17, P8, R11",
            clock -> SpoiltStore.writing(clock, write -> Parts.without(write, Change.Require.class::isInstance))),

    CACHES_THE_EPOCH_FOR_A_WHILE("D18", clock -> {
        AtomicInteger calls = new AtomicInteger();
        Map<Long, Integer> firstSeen = new ConcurrentHashMap<>();
        return new SpoiltStore(clock) {
            @Override
            public WriteResult write(StoreWrite write) {
                int call = calls.incrementAndGet();
                boolean cached = call - firstSeen.computeIfAbsent(epoch(), ignored -> call) < 100_000;
                return super.write(
                        cached && write.epoch() != null ? Parts.epoch(write, epoch(), write.growsEpoch()) : write);
            }
        };
    }),

    FORGETS_IDS("D9, D10, D22, D39, D64, P12, P25", clock -> {
        AtomicInteger numbers = new AtomicInteger();
        return SpoiltStore.writing(clock, write -> Parts.renamed(write, "-" + numbers.incrementAndGet()));
    }),

    WRITES_AFTER_ANSWERING("D4", clock -> {
        AtomicReference<@Nullable StoreWrite> late = new AtomicReference<>();
        return new SpoiltStore(clock) {
            @Override
            public WriteResult write(StoreWrite write) {
                if (!isDecision(write)) {
                    return super.write(write);
                }
                StoreWrite before = late.getAndSet(write);
                if (before != null) {
                    super.write(before);
                }
                return new WriteResult.Written();
            }
        };
    }),

    LEAVES_A_ROW_OF_WHAT_IT_REFUSES("D8, D31, P9", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            WriteResult result = super.write(write);
            super.write(StoreWrite.of(write.entries()).build());
            return result;
        }
    }),

    SPENDS_BEFORE_IT_LOOKS("D8", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            WriteResult result = super.write(write);
            if (isDecision(write) && !result.isWritten()) {
                super.write(Parts.epoch(Parts.changes(write, List.of()), null, false));
            }
            return result;
        }
    }),

    ACCEPTS_A_GRANT_AT_ITS_END("D13", clock -> new SpoiltStore(InstantSource.offset(clock, Duration.ofMillis(-1))));

    private final String rules;
    private final Function<MutableClock, SpoiltStore> store;

    BrokenCommits(String rules, Function<MutableClock, SpoiltStore> store) {
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
