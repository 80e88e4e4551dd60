package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.CommitResult;
import io.panocrypt.policy.spi.DecisionCommit;
import io.panocrypt.policy.spi.DecisionSnapshot;
import io.panocrypt.policy.spi.EditResult;
import io.panocrypt.policy.spi.GrantScope;
import io.panocrypt.policy.spi.JournalEntry;
import io.panocrypt.policy.spi.JournalQuery;
import io.panocrypt.policy.spi.JournalRow;
import io.panocrypt.policy.spi.PolicyEdit;
import io.panocrypt.policy.spi.PolicyEdit.Change;
import io.panocrypt.policy.spi.PolicyRecord;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Stores with one mistake each, of the kind that adapters make. */
enum BrokenStores implements BrokenStore {
    SELECTS_THEN_UPDATES("D11") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public CommitResult commit(DecisionCommit commit) {
                    boolean seen = grants(commit.deviceId()).stream()
                            .anyMatch(grant -> commit.spends().contains(grant.id()));
                    LockSupport.parkNanos(1_000_000);
                    CommitResult result = super.commit(commit);
                    boolean lost = seen && result == CommitResult.CONFLICT;
                    return lost
                            ? super.commit(with(commit, commit.deviceVersion(), commit.epoch(), List.of()))
                            : result;
                }
            };
        }
    },

    SPENDS_NOTHING("D4", "D11", "R1", "R2", "R8") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public CommitResult commit(DecisionCommit commit) {
                    return super.commit(with(commit, commit.deviceVersion(), commit.epoch(), List.of()));
                }
            };
        }
    },

    SPENDS_ONLY_THE_FIRST_GRANT("D33") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public CommitResult commit(DecisionCommit commit) {
                    List<String> first = commit.spends().stream().limit(1).toList();
                    return super.commit(with(commit, commit.deviceVersion(), commit.epoch(), first));
                }
            };
        }
    },

    FORGETS_THE_CHANGES("D34") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
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
            };
        }
    },

    NOTES_ROWS_AND_FORGETS_CHANGES("D37", "D38", "D39") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public CommitResult note(List<JournalEntry> entries, List<Change> changes) {
                    return super.note(entries, List.of());
                }
            };
        }
    },

    NOTES_ROW_BY_ROW("D38") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public CommitResult note(List<JournalEntry> entries, List<Change> changes) {
                    entries.forEach(this::append);
                    return super.note(List.of(), changes);
                }
            };
        }
    },

    NOTES_AGAIN_WHAT_IS_NOTED("D39") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            AtomicInteger numbers = new AtomicInteger();
            return new ForwardingStore(memory(clock)) {
                @Override
                public CommitResult note(List<JournalEntry> entries, List<Change> changes) {
                    return super.note(entries.stream().map(this::renamed).toList(), changes);
                }

                private JournalEntry renamed(JournalEntry entry) {
                    String id = entry.id() + "-" + numbers.incrementAndGet();
                    return new JournalEntry(id, entry.kind(), entry.time(), entry.deviceId(), entry.body());
                }
            };
        }
    },

    CARRIES_NO_REQUESTS("D32") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
                    return super.snapshot(uniqueTerm)
                            .map(seen -> new DecisionSnapshot(
                                    seen.now(), seen.epoch(), seen.device(), seen.grants(), List.of()));
                }
            };
        }
    },

    IGNORES_THE_EPOCH("D6", "D18") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public CommitResult commit(DecisionCommit commit) {
                    return super.commit(with(commit, commit.deviceVersion(), epoch(), commit.spends()));
                }
            };
        }
    },

    IGNORES_THE_DEVICE_VERSION("D5", "D17") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public CommitResult commit(DecisionCommit commit) {
                    long version = get(PolicyRecord.DEVICE, commit.deviceId())
                            .map(PolicyRecord::version)
                            .orElse(0L);
                    return super.commit(with(commit, version, commit.epoch(), commit.spends()));
                }
            };
        }
    },

    CACHES_THE_EPOCH_FOR_A_WHILE("D18") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            AtomicInteger calls = new AtomicInteger();
            Map<Long, Integer> firstSeen = new ConcurrentHashMap<>();
            return new ForwardingStore(memory(clock)) {
                @Override
                public CommitResult commit(DecisionCommit commit) {
                    int call = calls.incrementAndGet();
                    boolean cached = call - firstSeen.computeIfAbsent(epoch(), ignored -> call) < 100_000;
                    long epoch = cached ? epoch() : commit.epoch();
                    return super.commit(with(commit, commit.deviceVersion(), epoch, commit.spends()));
                }
            };
        }
    },

    FORGETS_IDS("D9", "D10", "D22") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            AtomicInteger numbers = new AtomicInteger();
            return new ForwardingStore(memory(clock)) {
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
        }
    },

    WRITES_AFTER_ANSWERING("D4") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            AtomicReference<@Nullable DecisionCommit> late = new AtomicReference<>();
            return new ForwardingStore(memory(clock)) {
                @Override
                public CommitResult commit(DecisionCommit commit) {
                    DecisionCommit before = late.getAndSet(commit);
                    if (before != null) {
                        super.commit(before);
                    }
                    return CommitResult.COMMITTED;
                }
            };
        }
    },

    LEAVES_A_ROW_AFTER_A_CONFLICT("D8") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public CommitResult commit(DecisionCommit commit) {
                    CommitResult result = super.commit(commit);
                    if (result == CommitResult.CONFLICT) {
                        append(commit.entry());
                    }
                    return result;
                }
            };
        }
    },

    SPENDS_BEFORE_IT_LOOKS("D8") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
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
            };
        }
    },

    ACCEPTS_A_GRANT_AT_ITS_END("D13") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(new MemoryStore(() -> clock.instant().minus(Duration.ofMillis(1)), "node-a"));
        }
    },

    READS_THE_JOURNAL_OLDEST_FIRST("D24") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public List<JournalRow> journal(JournalQuery query) {
                    return super.journal(query).stream()
                            .sorted(Comparator.comparing(row -> row.entry().time()))
                            .toList();
                }
            };
        }
    },

    PAGES_BY_TIME_ALONE("D26") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public List<JournalRow> journal(JournalQuery query) {
                    JournalQuery.Position before = query.before();
                    return before == null
                            ? super.journal(query)
                            : super.journal(new JournalQuery(
                                    query.kind(),
                                    query.deviceId(),
                                    new JournalQuery.Position(before.epochMilli(), "", 0),
                                    query.limit()));
                }
            };
        }
    },

    APPLIES_CHANGE_BY_CHANGE("P9") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public EditResult apply(PolicyEdit edit) {
                    List<Change> done = new ArrayList<>();
                    for (Change change : edit.changes()) {
                        JournalEntry step = new JournalEntry(
                                edit.audit().id() + "-" + done.size(),
                                JournalEntry.Kind.CHECKPOINT,
                                edit.audit().time(),
                                null,
                                "{}");
                        EditResult result =
                                super.apply(new PolicyEdit(step, List.of(change), false, List.of(), List.of()));
                        if (!(result instanceof EditResult.Applied)) {
                            return result;
                        }
                        done.add(change);
                    }
                    return super.apply(
                            new PolicyEdit(edit.audit(), List.of(), edit.bumpsEpoch(), edit.cancels(), edit.grants()));
                }
            };
        }
    },

    BUMPS_THE_EPOCH_ALWAYS("P10") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return edits(
                    clock, edit -> new PolicyEdit(edit.audit(), edit.changes(), true, edit.cancels(), edit.grants()));
        }
    },

    IGNORES_THE_EPOCH_OF_AN_EDIT("P25", "P26") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return edits(
                    clock,
                    edit -> new PolicyEdit(
                            edit.audit(), edit.changes(), edit.bumpsEpoch(), edit.cancels(), edit.grants()));
        }
    },

    READS_THE_EPOCH_OF_AN_EDIT_BEFORE_IT_WRITES("P26") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public EditResult apply(PolicyEdit edit) {
                    if (edit.epoch() != null && edit.epoch() != epoch()) {
                        return new EditResult.OtherEpoch();
                    }
                    LockSupport.parkNanos(1_000_000);
                    return super.apply(new PolicyEdit(
                            edit.audit(), edit.changes(), edit.bumpsEpoch(), edit.cancels(), edit.grants()));
                }
            };
        }
    },

    FORGETS_TO_CANCEL("P14", "P15", "P16", "P17", "D19", "R4") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return edits(
                    clock,
                    edit -> new PolicyEdit(edit.audit(), edit.changes(), edit.bumpsEpoch(), List.of(), edit.grants()));
        }
    },

    NEVER_BUMPS_THE_EPOCH("D18", "R3", "R5", "R9") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return edits(
                    clock, edit -> new PolicyEdit(edit.audit(), edit.changes(), false, edit.cancels(), edit.grants()));
        }
    },

    IGNORES_REQUIREMENTS("P8") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return edits(
                    clock,
                    edit -> new PolicyEdit(
                            edit.audit(),
                            edit.changes().stream()
                                    .filter(change -> !(change instanceof Change.Require))
                                    .toList(),
                            edit.bumpsEpoch(),
                            edit.cancels(),
                            edit.grants()));
        }
    },

    CANCELS_BY_ANY_TERM("P16") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return edits(
                    clock,
                    edit -> new PolicyEdit(
                            edit.audit(),
                            edit.changes(),
                            edit.bumpsEpoch(),
                            edit.cancels().stream()
                                    .flatMap(BrokenStores::termByTerm)
                                    .toList(),
                            edit.grants()));
        }
    },

    CANCELS_WHAT_IT_OPENS("P18") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public EditResult apply(PolicyEdit edit) {
                    EditResult result = super.apply(edit);
                    JournalEntry again = new JournalEntry(
                            edit.audit().id() + "-again",
                            JournalEntry.Kind.CHECKPOINT,
                            edit.audit().time(),
                            null,
                            "{}");
                    super.apply(new PolicyEdit(again, List.of(), false, edit.cancels(), List.of()));
                    return result;
                }
            };
        }
    },

    SCANS_BACKWARDS("P11") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
                    return super.scan(kind, term, after, limit).stream()
                            .sorted(Comparator.comparing(PolicyRecord::id).reversed())
                            .toList();
                }
            };
        }
    },

    KEEPS_NANOSECONDS("D1") {
        @Override
        public ForwardingStore on(MutableClock clock) {
            return new ForwardingStore(memory(clock)) {
                @Override
                public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
                    return super.snapshot(uniqueTerm)
                            .map(seen -> new DecisionSnapshot(
                                    clock.instant(), seen.epoch(), seen.device(), seen.grants(), seen.requests()));
                }
            };
        }
    };

    private final List<String> violated;

    BrokenStores(String... violated) {
        this.violated = List.of(violated);
    }

    @Override
    public List<String> violated() {
        return violated;
    }

    private static MemoryStore memory(MutableClock clock) {
        return new MemoryStore(clock, "node-a");
    }

    private static ForwardingStore edits(MutableClock clock, UnaryOperator<PolicyEdit> mistake) {
        return new ForwardingStore(memory(clock)) {
            @Override
            public EditResult apply(PolicyEdit edit) {
                return super.apply(mistake.apply(edit));
            }
        };
    }

    private static Stream<GrantScope> termByTerm(GrantScope scope) {
        return scope instanceof GrantScope.OfTerms devices && !devices.terms().isEmpty()
                ? devices.terms().stream().map(term -> new GrantScope.OfTerms(Set.of(term)))
                : Stream.of(scope);
    }

    private static DecisionCommit with(DecisionCommit commit, long version, long epoch, List<String> spends) {
        return new DecisionCommit(
                commit.entry(), commit.deviceId(), version, epoch, spends, commit.changes(), commit.outbox());
    }
}
