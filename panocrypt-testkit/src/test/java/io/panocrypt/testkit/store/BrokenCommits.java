package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyEdit.Change;
import io.panocrypt.policy.spi.store.PolicyRecord;
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

/** Stores with one typical mistake each in committing and noting. */
enum BrokenCommits implements BrokenStore {
    SELECTS_THEN_UPDATES("D11", clock -> new SpoiltStore(clock) {
        private final Overlap overlap = new Overlap();

        @Override
        public CommitResult commit(DecisionCommit commit) {
            boolean seen = grants(commit.deviceId()).stream()
                    .anyMatch(grant -> commit.spends().contains(grant.id()));
            overlap.meet();
            CommitResult result = super.commit(commit);
            boolean lost = seen && result == CommitResult.CONFLICT;
            return lost ? super.commit(with(commit, commit.deviceVersion(), commit.epoch(), List.of())) : result;
        }
    }),

    SPENDS_NOTHING("D4, D11, R1, R2, R8", clock -> new SpoiltStore(clock) {
        @Override
        public CommitResult commit(DecisionCommit commit) {
            return super.commit(with(commit, commit.deviceVersion(), commit.epoch(), List.of()));
        }
    }),

    SPENDS_ONLY_THE_FIRST_GRANT("D33", clock -> new SpoiltStore(clock) {
        @Override
        public CommitResult commit(DecisionCommit commit) {
            List<String> first = commit.spends().stream().limit(1).toList();
            return super.commit(with(commit, commit.deviceVersion(), commit.epoch(), first));
        }
    }),

    SPENDS_ALL_GRANTS_OF_THE_DEVICE("D14", clock -> new SpoiltStore(clock) {

        @Override
        public CommitResult commit(DecisionCommit commit) {
            List<String> all = grants(commit.deviceId()).stream().map(Grant::id).toList();
            return super.commit(
                    commit.spends().isEmpty() ? commit : with(commit, commit.deviceVersion(), commit.epoch(), all));
        }
    }),

    IGNORES_HOW_MANY_ROWS_A_SPEND_CHANGED("D7, D8, D11, D33", clock -> new SpoiltStore(clock) {

        @Override
        public CommitResult commit(DecisionCommit commit) {
            CommitResult result = super.commit(commit);
            return result == CommitResult.COMMITTED
                    ? result
                    : super.commit(with(commit, commit.deviceVersion(), commit.epoch(), List.of()));
        }
    }),

    BUMPS_THE_EPOCH_WITH_EACH_COMMIT("D15", clock -> new SpoiltStore(clock) {

        @Override
        public CommitResult commit(DecisionCommit commit) {
            CommitResult result = super.commit(commit);
            JournalEntry bump = new JournalEntry(
                    commit.entry().id() + "-bump",
                    JournalEntry.Kind.CHECKPOINT,
                    commit.entry().time(),
                    null,
                    "{}");
            super.apply(new PolicyEdit(bump, List.of(), null, true, List.of(), List.of(), List.of()));
            return result;
        }
    }),

    FORGETS_THE_CHANGES("D34", clock -> new SpoiltStore(clock) {
        @Override
        public CommitResult commit(DecisionCommit commit) {
            return super.commit(new DecisionCommit(
                    commit.entry(),
                    commit.deviceId(),
                    commit.deviceVersion(),
                    commit.epoch(),
                    commit.spends(),
                    List.of(),
                    commit.outbox()));
        }
    }),

    CHANGES_ONE_RECORD_AFTER_ANOTHER("D35", clock -> new SpoiltStore(clock) {

        @Override
        public CommitResult commit(DecisionCommit commit) {
            for (Change change : commit.changes()) {
                if (super.note(List.of(), List.of(change)) == CommitResult.CONFLICT) {
                    return CommitResult.CONFLICT;
                }
            }
            return super.commit(with(commit, List.of()));
        }
    }),

    LOOKS_AT_VERSIONS_BEFORE_IT_COMMITS("D36", clock -> new SpoiltStore(clock) {
        private final Overlap overlap = new Overlap();

        @Override
        public CommitResult commit(DecisionCommit commit) {
            boolean fits = fit(commit.changes());
            overlap.meet();
            if (!fits) {
                return CommitResult.CONFLICT;
            }
            synchronized (this) {
                return super.commit(with(commit, overwriting(commit.changes())));
            }
        }
    }),

    NOTES_ROWS_AND_FORGETS_CHANGES("D37, D38, D39", clock -> new SpoiltStore(clock) {
        @Override
        public CommitResult note(List<JournalEntry> entries, List<Change> changes) {
            return super.note(entries, List.of());
        }
    }),

    NOTES_ROW_BY_ROW("D38", clock -> new SpoiltStore(clock) {
        @Override
        public CommitResult note(List<JournalEntry> entries, List<Change> changes) {
            entries.forEach(this::append);
            return super.note(List.of(), changes);
        }
    }),

    NOTES_AGAIN_WHAT_IS_NOTED("D39", clock -> {
        AtomicInteger numbers = new AtomicInteger();
        return new SpoiltStore(clock) {
            @Override
            public CommitResult note(List<JournalEntry> entries, List<Change> changes) {
                return super.note(entries.stream().map(this::renamed).toList(), changes);
            }

            private JournalEntry renamed(JournalEntry entry) {
                String id = entry.id() + "-" + numbers.incrementAndGet();
                return new JournalEntry(id, entry.kind(), entry.time(), entry.deviceId(), entry.body());
            }
        };
    }),

    IGNORES_THE_EPOCH("D6, D18", clock -> new SpoiltStore(clock) {
        @Override
        public CommitResult commit(DecisionCommit commit) {
            return super.commit(with(commit, commit.deviceVersion(), epoch(), commit.spends()));
        }
    }),

    IGNORES_THE_DEVICE_VERSION("D5, D17", clock -> new SpoiltStore(clock) {
        @Override
        public CommitResult commit(DecisionCommit commit) {
            long version = get(PolicyRecord.DEVICE, commit.deviceId())
                    .map(PolicyRecord::version)
                    .orElse(0L);
            return super.commit(with(commit, version, commit.epoch(), commit.spends()));
        }
    }),

    CACHES_THE_EPOCH_FOR_A_WHILE("D18", clock -> {
        AtomicInteger calls = new AtomicInteger();
        Map<Long, Integer> firstSeen = new ConcurrentHashMap<>();
        return new SpoiltStore(clock) {
            @Override
            public CommitResult commit(DecisionCommit commit) {
                int call = calls.incrementAndGet();
                boolean cached = call - firstSeen.computeIfAbsent(epoch(), ignored -> call) < 100_000;
                long epoch = cached ? epoch() : commit.epoch();
                return super.commit(with(commit, commit.deviceVersion(), epoch, commit.spends()));
            }
        };
    }),

    FORGETS_IDS("D9, D10, D22", clock -> {
        AtomicInteger numbers = new AtomicInteger();
        return new SpoiltStore(clock) {
            @Override
            public CommitResult commit(DecisionCommit commit) {
                return super.commit(new DecisionCommit(
                        renamed(commit.entry()),
                        commit.deviceId(),
                        commit.deviceVersion(),
                        commit.epoch(),
                        commit.spends(),
                        commit.changes(),
                        commit.outbox()));
            }

            @Override
            public void append(JournalEntry entry) {
                super.append(renamed(entry));
            }

            private JournalEntry renamed(JournalEntry entry) {
                String id = entry.id() + "-" + numbers.incrementAndGet();
                return new JournalEntry(id, entry.kind(), entry.time(), entry.deviceId(), entry.body());
            }
        };
    }),

    WRITES_AFTER_ANSWERING("D4", clock -> {
        AtomicReference<@Nullable DecisionCommit> late = new AtomicReference<>();
        return new SpoiltStore(clock) {
            @Override
            public CommitResult commit(DecisionCommit commit) {
                DecisionCommit before = late.getAndSet(commit);
                if (before != null) {
                    super.commit(before);
                }
                return CommitResult.COMMITTED;
            }
        };
    }),

    LEAVES_A_ROW_AFTER_A_CONFLICT("D8", clock -> new SpoiltStore(clock) {
        @Override
        public CommitResult commit(DecisionCommit commit) {
            CommitResult result = super.commit(commit);
            if (result == CommitResult.CONFLICT) {
                append(commit.entry());
            }
            return result;
        }
    }),

    SPENDS_BEFORE_IT_LOOKS("D8", clock -> new SpoiltStore(clock) {
        @Override
        public CommitResult commit(DecisionCommit commit) {
            CommitResult result = super.commit(commit);
            if (result == CommitResult.CONFLICT) {
                PolicyRecord device =
                        get(PolicyRecord.DEVICE, commit.deviceId()).orElseThrow();
                super.commit(with(commit, device.version(), epoch(), commit.spends()));
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

    /** The commit with this version, epoch and spends. */
    static DecisionCommit with(DecisionCommit commit, long version, long epoch, List<String> spends) {
        return new DecisionCommit(
                commit.entry(), commit.deviceId(), version, epoch, spends, commit.changes(), commit.outbox());
    }

    private static DecisionCommit with(DecisionCommit commit, List<Change> changes) {
        return new DecisionCommit(
                commit.entry(),
                commit.deviceId(),
                commit.deviceVersion(),
                commit.epoch(),
                commit.spends(),
                changes,
                commit.outbox());
    }
}
