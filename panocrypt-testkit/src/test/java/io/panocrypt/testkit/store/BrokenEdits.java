package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.EditResult;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyEdit.Change;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.testkit.Overlap;
import io.panocrypt.testkit.support.MutableClock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Stores with one mistake each in applying edits and finding records. */
enum BrokenEdits implements BrokenStore {
    APPLIES_CHANGE_BY_CHANGE("P9", clock -> new SpoiltStore(clock) {
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
                EditResult result = super.apply(
                        new PolicyEdit(step, List.of(change), null, false, List.of(), List.of(), List.of()));
                if (!(result instanceof EditResult.Applied)) {
                    return result;
                }
                done.add(change);
            }
            return super.apply(new PolicyEdit(
                    edit.audit(), List.of(), null, edit.bumpsEpoch(), edit.cancels(), edit.grants(), List.of()));
        }
    }),

    BUMPS_THE_EPOCH_ALWAYS(
            "P10",
            clock -> edits(
                    clock,
                    edit -> new PolicyEdit(
                            edit.audit(), edit.changes(), null, true, edit.cancels(), edit.grants(), List.of()))),

    IGNORES_THE_EPOCH_OF_AN_EDIT(
            "P25, P26",
            clock -> edits(
                    clock,
                    edit -> new PolicyEdit(
                            edit.audit(),
                            edit.changes(),
                            null,
                            edit.bumpsEpoch(),
                            edit.cancels(),
                            edit.grants(),
                            List.of()))),

    READS_THE_EPOCH_OF_AN_EDIT_BEFORE_IT_WRITES("P26", clock -> new SpoiltStore(clock) {
        private final Overlap overlap = new Overlap();

        @Override
        public EditResult apply(PolicyEdit edit) {
            boolean fits = edit.epoch() == null || edit.epoch() == epoch();
            overlap.meet();
            if (!fits) {
                return new EditResult.OtherEpoch();
            }
            return super.apply(new PolicyEdit(
                    edit.audit(), edit.changes(), null, edit.bumpsEpoch(), edit.cancels(), edit.grants(), List.of()));
        }
    }),

    FORGETS_TO_CANCEL(
            "P14, P15, P16, P17, D19, R4",
            clock -> edits(
                    clock,
                    edit -> new PolicyEdit(
                            edit.audit(),
                            edit.changes(),
                            null,
                            edit.bumpsEpoch(),
                            List.of(),
                            edit.grants(),
                            List.of()))),

    NEVER_BUMPS_THE_EPOCH(
            "D18, R3, R5, R9",
            clock -> edits(
                    clock,
                    edit -> new PolicyEdit(
                            edit.audit(), edit.changes(), null, false, edit.cancels(), edit.grants(), List.of()))),

    IGNORES_REQUIREMENTS(
            "P8, R11",
            clock -> edits(
                    clock,
                    edit -> new PolicyEdit(
                            edit.audit(),
                            edit.changes().stream()
                                    .filter(change -> !(change instanceof Change.Require))
                                    .toList(),
                            null,
                            edit.bumpsEpoch(),
                            edit.cancels(),
                            edit.grants(),
                            List.of()))),

    JUDGES_REQUIREMENTS_BY_WHAT_THE_EDIT_WRITES(
            "P8",
            clock -> edits(
                    clock,
                    edit -> new PolicyEdit(
                            edit.audit(),
                            edit.changes().stream()
                                    .filter(change -> !isMetBy(change, edit.changes()))
                                    .toList(),
                            null,
                            edit.bumpsEpoch(),
                            edit.cancels(),
                            edit.grants(),
                            List.of()))),

    CANCELS_BY_ANY_TERM(
            "P16",
            clock -> edits(
                    clock,
                    edit -> new PolicyEdit(
                            edit.audit(),
                            edit.changes(),
                            null,
                            edit.bumpsEpoch(),
                            edit.cancels().stream()
                                    .flatMap(BrokenEdits::termByTerm)
                                    .toList(),
                            edit.grants(),
                            List.of()))),

    CANCELS_WHAT_IT_OPENS("P18", clock -> new SpoiltStore(clock) {
        @Override
        public EditResult apply(PolicyEdit edit) {
            EditResult result = super.apply(edit);
            JournalEntry again = new JournalEntry(
                    edit.audit().id() + "-again",
                    JournalEntry.Kind.CHECKPOINT,
                    edit.audit().time(),
                    null,
                    "{}");
            super.apply(new PolicyEdit(again, List.of(), null, false, edit.cancels(), List.of(), List.of()));
            return result;
        }
    }),

    OVERWRITES_WHATEVER_VERSION("P3, P19", clock -> new SpoiltStore(clock) {

        @Override
        public synchronized EditResult apply(PolicyEdit edit) {
            return super.apply(with(edit, overwriting(edit.changes())));
        }
    }),

    LOOKS_AT_VERSIONS_BEFORE_IT_WRITES("P19", clock -> new SpoiltStore(clock) {
        private final Overlap overlap = new Overlap();

        @Override
        public EditResult apply(PolicyEdit edit) {
            boolean fits = fit(edit.changes());
            overlap.meet();
            if (!fits) {
                return super.apply(edit);
            }
            synchronized (this) {
                return super.apply(with(edit, overwriting(edit.changes())));
            }
        }
    }),

    DELETES_WHATEVER_VERSION("P7", clock -> new SpoiltStore(clock) {

        @Override
        public EditResult apply(PolicyEdit edit) {
            return super.apply(with(
                    edit,
                    edit.changes().stream()
                            .map(change -> change instanceof Change.Delete delete
                                    ? new Change.Delete(delete.kind(), delete.id(), version(delete.kind(), delete.id()))
                                    : change)
                            .toList()));
        }
    }),

    LETS_THE_FIRST_KEEP_A_TERM_AND_SAYS_NOTHING("P4, P20, P23", clock -> new SpoiltStore(clock) {

        @Override
        public EditResult apply(PolicyEdit edit) {
            EditResult result = super.apply(edit);
            return result instanceof EditResult.Taken taken
                    ? apply(with(edit, puts(edit, put -> uniquely(put, minus(put.uniqueTerms(), taken.term())))))
                    : result;
        }
    }),

    LOOKS_FOR_A_TERM_BEFORE_IT_WRITES("P20", clock -> new SpoiltStore(clock) {
        private final Overlap overlap = new Overlap();

        @Override
        public EditResult apply(PolicyEdit edit) {
            boolean free = edit.changes().stream()
                    .filter(Change.Put.class::isInstance)
                    .map(change -> ((Change.Put) change).record())
                    .allMatch(put -> put.uniqueTerms().stream()
                            .allMatch(term -> find(put.kind(), term).isEmpty()));
            overlap.meet();
            EditResult result = super.apply(edit);
            return free && result instanceof EditResult.Taken
                    ? super.apply(with(edit, puts(edit, put -> uniquely(put, Set.of()))))
                    : result;
        }
    }),

    NEVER_FREES_A_TERM("P5, P22", clock -> new SpoiltStore(clock) {

        private final Map<String, String> holders = new ConcurrentHashMap<>();

        @Override
        public EditResult apply(PolicyEdit edit) {
            for (Change change : edit.changes()) {
                if (change instanceof Change.Put put) {
                    for (String term : put.record().uniqueTerms()) {
                        String id = put.record().id();
                        if (!holders.computeIfAbsent(term, first -> id).equals(id)) {
                            return new EditResult.Taken(put.record().kind(), term);
                        }
                    }
                }
            }
            return super.apply(edit);
        }
    }),

    JUDGES_TERMS_AS_THEY_STOOD_BEFORE("P22", clock -> new SpoiltStore(clock) {

        @Override
        public EditResult apply(PolicyEdit edit) {
            for (Change change : edit.changes()) {
                if (change instanceof Change.Put put) {
                    for (String term : put.record().uniqueTerms()) {
                        if (find(put.record().kind(), term)
                                .filter(holder ->
                                        !holder.id().equals(put.record().id()))
                                .isPresent()) {
                            return new EditResult.Taken(put.record().kind(), term);
                        }
                    }
                }
            }
            return super.apply(edit);
        }
    }),

    ADDS_TERMS_AND_REMOVES_NONE("P6", clock -> new SpoiltStore(clock) {

        @Override
        public EditResult apply(PolicyEdit edit) {
            return super.apply(with(edit, puts(edit, put -> {
                Set<String> terms = new HashSet<>(put.terms());
                get(put.kind(), put.id()).ifPresent(old -> terms.addAll(old.terms()));
                return new PolicyRecord(put.kind(), put.id(), put.version(), put.body(), put.uniqueTerms(), terms);
            })));
        }
    }),

    WRITES_THE_LAST_OF_EQUAL_CHANGES(
            "P24", clock -> edits(clock, edit -> with(edit, List.copyOf(new LinkedHashSet<>(edit.changes()))))),

    APPLIES_AGAIN_WHAT_IS_APPLIED("P12, P25", clock -> new SpoiltStore(clock) {

        private final AtomicInteger numbers = new AtomicInteger();

        @Override
        public EditResult apply(PolicyEdit edit) {
            JournalEntry audit = edit.audit();
            String id = audit.id() + "-" + numbers.incrementAndGet();
            return super.apply(
                    with(edit, new JournalEntry(id, audit.kind(), audit.time(), audit.deviceId(), audit.body())));
        }
    }),

    FORGETS_WHAT_AN_EDIT_SAYS(
            "P13",
            clock -> edits(
                    clock,
                    edit -> with(
                            edit,
                            new JournalEntry(
                                    edit.audit().id(),
                                    edit.audit().kind(),
                                    edit.audit().time(),
                                    null,
                                    "{}")))),

    TELLS_OF_REFUSED_EDITS("D31, P9", clock -> new SpoiltStore(clock) {

        @Override
        public EditResult apply(PolicyEdit edit) {
            EditResult result = super.apply(edit);
            append(edit.audit());
            return result;
        }
    }),

    SCANS_BACKWARDS("P11", clock -> new SpoiltStore(clock) {
        @Override
        public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
            return super.scan(kind, term, after, limit).stream()
                    .sorted(Comparator.comparing(PolicyRecord::id).reversed())
                    .toList();
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
            clock -> edits(
                    clock,
                    edit -> with(
                            edit,
                            puts(
                                    edit,
                                    put -> new PolicyRecord(
                                            put.kind(),
                                            put.id(),
                                            put.version(),
                                            inUtf8(put.body()),
                                            put.uniqueTerms(),
                                            put.terms()))))),

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

    private static SpoiltStore edits(MutableClock clock, UnaryOperator<PolicyEdit> mistake) {
        return new SpoiltStore(clock) {
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

    private static List<Change> puts(PolicyEdit edit, UnaryOperator<PolicyRecord> mistake) {
        return edit.changes().stream()
                .map(change -> change instanceof Change.Put put ? new Change.Put(mistake.apply(put.record())) : change)
                .toList();
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

    private static PolicyEdit with(PolicyEdit edit, List<Change> changes) {
        return new PolicyEdit(
                edit.audit(), changes, edit.epoch(), edit.bumpsEpoch(), edit.cancels(), edit.grants(), edit.outbox());
    }

    private static PolicyEdit with(PolicyEdit edit, JournalEntry audit) {
        return new PolicyEdit(
                audit, edit.changes(), edit.epoch(), edit.bumpsEpoch(), edit.cancels(), edit.grants(), edit.outbox());
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
