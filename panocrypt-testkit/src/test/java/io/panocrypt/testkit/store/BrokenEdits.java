package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.testkit.Overlap;
import io.panocrypt.testkit.support.MutableClock;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Stores with one mistake each in writing edits and finding records. */
enum BrokenEdits implements BrokenStore {
    APPLIES_CHANGE_BY_CHANGE("P9", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
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

    BUMPS_THE_EPOCH_ALWAYS(
            "P10",
            clock -> SpoiltStore.writing(
                    clock,
                    write -> Parts.epoch(write, write.epoch(), !write.entries().isEmpty()))),

    READS_THE_EPOCH_OF_AN_EDIT_BEFORE_IT_WRITES("P26", clock -> new SpoiltStore(clock) {
        private final Overlap overlap = new Overlap();

        @Override
        public WriteResult write(StoreWrite write) {
            boolean fits = write.epoch() == null || write.epoch() == epoch();
            overlap.meet();
            return fits ? super.write(Parts.epoch(write, null, write.growsEpoch())) : new WriteResult.OtherEpoch();
        }
    }),

    FORGETS_TO_CANCEL(
            "P14, P15, P16, P17, D19, R4",
            clock -> SpoiltStore.writing(clock, write -> Parts.cancels(write, List.of()))),

    NEVER_BUMPS_THE_EPOCH(
            "D18, R3, R5, R9", clock -> SpoiltStore.writing(clock, write -> Parts.epoch(write, write.epoch(), false))),

    JUDGES_REQUIREMENTS_BY_WHAT_THE_EDIT_WRITES(
            "P8",
            clock -> SpoiltStore.writing(
                    clock, write -> Parts.without(write, change -> isMetBy(change, write.changes())))),

    CANCELS_BY_ANY_TERM(
            "P16",
            clock -> SpoiltStore.writing(
                    clock,
                    write -> Parts.cancels(
                            write,
                            write.cancels().stream()
                                    .flatMap(BrokenEdits::termByTerm)
                                    .toList()))),

    CANCELS_WHAT_IT_OPENS("P18", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            WriteResult result = super.write(write);
            super.write(
                    Parts.cancels(Parts.renamed(StoreWrite.of(write.entries()).build(), "-again"), write.cancels()));
            return result;
        }
    }),

    OVERWRITES_WHATEVER_VERSION("P3, P19", clock -> new SpoiltStore(clock) {
        @Override
        public synchronized WriteResult write(StoreWrite write) {
            return super.write(Parts.changes(write, overwriting(write.changes())));
        }
    }),

    LOOKS_AT_VERSIONS_BEFORE_IT_WRITES("D36, P19", clock -> new SpoiltStore(clock) {
        private final Overlap overlap = new Overlap();

        @Override
        public WriteResult write(StoreWrite write) {
            boolean fits = fit(write.changes());
            overlap.meet();
            if (!fits) {
                return super.write(write);
            }
            synchronized (this) {
                return super.write(Parts.changes(write, overwriting(write.changes())));
            }
        }
    }),

    DELETES_WHATEVER_VERSION("P7", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            List<Change> changes = write.changes().stream()
                    .map(change -> change instanceof Change.Delete delete
                            ? new Change.Delete(delete.kind(), delete.id(), version(delete.kind(), delete.id()))
                            : change)
                    .toList();
            return super.write(Parts.changes(write, changes));
        }
    }),

    LETS_THE_FIRST_KEEP_A_TERM_AND_SAYS_NOTHING("P4, P20, P23", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            WriteResult result = super.write(write);
            return result instanceof WriteResult.Taken taken
                    ? write(puts(write, put -> uniquely(put, minus(put.uniqueTerms(), taken.term()))))
                    : result;
        }
    }),

    LOOKS_FOR_A_TERM_BEFORE_IT_WRITES("P20", clock -> new SpoiltStore(clock) {
        private final Overlap overlap = new Overlap();

        @Override
        public WriteResult write(StoreWrite write) {
            boolean free = write.changes().stream()
                    .filter(Change.Put.class::isInstance)
                    .map(change -> ((Change.Put) change).record())
                    .allMatch(put -> put.uniqueTerms().stream()
                            .allMatch(term -> find(put.kind(), term).isEmpty()));
            overlap.meet();
            WriteResult result = super.write(write);
            return free && result instanceof WriteResult.Taken
                    ? super.write(puts(write, put -> uniquely(put, Set.of())))
                    : result;
        }
    }),

    NEVER_FREES_A_TERM("P5, P22", clock -> new SpoiltStore(clock) {
        private final Map<String, String> holders = new ConcurrentHashMap<>();

        @Override
        public WriteResult write(StoreWrite write) {
            for (Change change : write.changes()) {
                if (change instanceof Change.Put put) {
                    for (String term : put.record().uniqueTerms()) {
                        String id = put.record().id();
                        if (!holders.computeIfAbsent(term, first -> id).equals(id)) {
                            return new WriteResult.Taken(put.record().kind(), term);
                        }
                    }
                }
            }
            return super.write(write);
        }
    }),

    JUDGES_TERMS_AS_THEY_STOOD_BEFORE("P22", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            for (Change change : write.changes()) {
                if (change instanceof Change.Put put) {
                    for (String term : put.record().uniqueTerms()) {
                        if (find(put.record().kind(), term)
                                .filter(holder ->
                                        !holder.id().equals(put.record().id()))
                                .isPresent()) {
                            return new WriteResult.Taken(put.record().kind(), term);
                        }
                    }
                }
            }
            return super.write(write);
        }
    }),

    ADDS_TERMS_AND_REMOVES_NONE("P6", clock -> new SpoiltStore(clock) {
        @Override
        public WriteResult write(StoreWrite write) {
            return super.write(puts(write, put -> {
                Set<String> terms = new HashSet<>(put.terms());
                get(put.kind(), put.id()).ifPresent(old -> terms.addAll(old.terms()));
                return new PolicyRecord(put.kind(), put.id(), put.version(), put.body(), put.uniqueTerms(), terms);
            }));
        }
    }),

    WRITES_THE_LAST_OF_EQUAL_CHANGES(
            "P24",
            clock -> SpoiltStore.writing(
                    clock, write -> Parts.changes(write, List.copyOf(new LinkedHashSet<>(write.changes()))))),

    FORGETS_WHAT_AN_EDIT_SAYS(
            "P13",
            clock -> SpoiltStore.writing(
                    clock,
                    write -> Parts.entries(
                            write,
                            write.entries().stream()
                                    .map(entry -> new JournalEntry(entry.id(), entry.kind(), entry.time(), null, "{}"))
                                    .toList()))),

    SCANS_BACKWARDS("P11", clock -> new SpoiltStore(clock) {
        @Override
        public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
            return super.scan(kind, term, after, limit).stream()
                    .sorted(Comparator.comparing(PolicyRecord::id).reversed())
                    .toList();
        }
    }),

    LISTS_UNIQUE_TERMS_AS_JAVA_SORTS_TEXT("P29", clock -> new SpoiltStore(clock) {
        @Override
        public List<PolicyRecord> scanByUniqueTerm(String kind, String prefix, @Nullable String after, int limit) {
            TreeMap<String, PolicyRecord> first = new TreeMap<>();
            for (PolicyRecord record : scan(kind, null, null, 1_000)) {
                record.uniqueTerms().stream()
                        .filter(term -> term.startsWith(prefix) && (after == null || term.compareTo(after) > 0))
                        .forEach(term -> first.put(term, record));
            }
            return first.values().stream().limit(limit).toList();
        }
    }),

    TAKES_A_PREFIX_FOR_A_PATTERN("P29", clock -> new SpoiltStore(clock) {
        @Override
        public List<PolicyRecord> scanByUniqueTerm(String kind, String prefix, @Nullable String after, int limit) {
            return prefix.endsWith("_")
                    ? super.scanByUniqueTerm(kind, prefix.substring(0, prefix.length() - 1), after, limit)
                    : super.scanByUniqueTerm(kind, prefix, after, limit);
        }
    }),

    LISTS_A_RECORD_ONCE("P30", clock -> new SpoiltStore(clock) {
        @Override
        public List<PolicyRecord> scanByUniqueTerm(String kind, String prefix, @Nullable String after, int limit) {
            return List.copyOf(new LinkedHashSet<>(super.scanByUniqueTerm(kind, prefix, after, limit)));
        }
    }),

    FINDS_A_RECORD_BY_ITS_FIRST_TERM_ONLY("P1", clock -> new SpoiltStore(clock) {

        @Override
        public Optional<PolicyRecord> find(String kind, String uniqueTerm) {
            return super.find(kind, uniqueTerm)
                    .filter(found -> Collections.min(found.uniqueTerms()).equals(uniqueTerm));
        }
    }),

    TAKES_A_NUL_FOR_AN_OUTAGE("P27", clock -> new SpoiltStore(clock) {

        @Override
        public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
            if (after != null && after.indexOf(0) >= 0) {
                throw new StoreException("cannot read");
            }
            return super.scan(kind, term, after, limit);
        }
    }),

    LOOKS_FOR_A_QUESTION_MARK("P27", clock -> new SpoiltStore(clock) {

        @Override
        public Optional<PolicyRecord> find(String kind, String uniqueTerm) {
            return super.find(kind, inUtf8(uniqueTerm));
        }
    }),

    KEEPS_A_QUESTION_MARK(
            "P28",
            clock -> SpoiltStore.writing(
                    clock,
                    write -> puts(
                            write,
                            put -> new PolicyRecord(
                                    put.kind(),
                                    put.id(),
                                    put.version(),
                                    inUtf8(put.body()),
                                    put.uniqueTerms(),
                                    put.terms())))),

    FINDS_A_TERM_IN_ANY_CASE("P2", clock -> new SpoiltStore(clock) {

        @Override
        public Optional<PolicyRecord> find(String kind, String uniqueTerm) {
            return scan(kind, null, null, 1_000).stream()
                    .filter(found -> found.uniqueTerms().stream().anyMatch(uniqueTerm::equalsIgnoreCase))
                    .findFirst();
        }
    });

    private final String rules;
    private final Function<MutableClock, SpoiltStore> store;

    BrokenEdits(String rules, Function<MutableClock, SpoiltStore> store) {
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

    private static Stream<GrantScope> termByTerm(GrantScope scope) {
        return scope instanceof GrantScope.OfTerms devices && !devices.terms().isEmpty()
                ? devices.terms().stream().map(term -> new GrantScope.OfTerms(Set.of(term)))
                : Stream.of(scope);
    }

    private static StoreWrite puts(StoreWrite write, UnaryOperator<PolicyRecord> mistake) {
        List<Change> changes = write.changes().stream()
                .map(change -> change instanceof Change.Put put ? new Change.Put(mistake.apply(put.record())) : change)
                .toList();
        return Parts.changes(write, changes);
    }

    /** The text as a driver sends it. */
    private static String inUtf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static PolicyRecord uniquely(PolicyRecord put, Set<String> uniqueTerms) {
        return new PolicyRecord(put.kind(), put.id(), put.version(), put.body(), uniqueTerms, put.terms());
    }

    private static Set<String> minus(Set<String> terms, String taken) {
        Set<String> rest = new HashSet<>(terms);
        rest.remove(taken);
        return rest;
    }

    private static boolean isMetBy(Change change, List<Change> changes) {
        return change instanceof Change.Require require
                && changes.stream()
                        .anyMatch(other -> other instanceof Change.Put put
                                && put.record().kind().equals(require.kind())
                                && put.record().id().equals(require.id())
                                && put.record().version() == require.version());
    }
}
