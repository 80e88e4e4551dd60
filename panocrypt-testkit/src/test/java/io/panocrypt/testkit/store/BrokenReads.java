package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.testkit.Overlap;
import io.panocrypt.testkit.support.MutableClock;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Stores with one mistake each in snapshots or in the journal. */
enum BrokenReads implements BrokenStore {
    CARRIES_NO_REQUESTS("D32", clock -> new SpoiltStore(clock) {
        @Override
        public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
            return super.snapshot(uniqueTerm)
                    .map(seen ->
                            new DecisionSnapshot(seen.now(), seen.epoch(), seen.device(), seen.grants(), List.of()));
        }
    }),

    KEEPS_NANOSECONDS("D1", clock -> new SpoiltStore(clock) {
        @Override
        public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
            return super.snapshot(uniqueTerm)
                    .map(seen -> new DecisionSnapshot(
                            clock.instant(), seen.epoch(), seen.device(), seen.grants(), seen.requests()));
        }
    }),

    FINDS_A_DEVICE_BY_A_TAG("D2", clock -> new SpoiltStore(clock) {

        @Override
        public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
            return super.snapshot(uniqueTerm)
                    .or(() -> scan(PolicyRecord.DEVICE, uniqueTerm, null, 1).stream()
                            .findFirst()
                            .flatMap(found -> super.snapshot(
                                    found.uniqueTerms().iterator().next())));
        }
    }),

    CACHES_THE_GRANTS_OF_A_DEVICE("D3", clock -> new SpoiltStore(clock) {

        private final Map<String, List<Grant>> cache = new ConcurrentHashMap<>();

        @Override
        public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
            return super.snapshot(uniqueTerm)
                    .map(seen -> new DecisionSnapshot(
                            seen.now(),
                            seen.epoch(),
                            seen.device(),
                            cache.computeIfAbsent(seen.device().id(), first -> seen.grants()),
                            seen.requests()));
        }
    }),

    LISTS_GRANTS_BACKWARDS("D16", clock -> new SpoiltStore(clock) {

        @Override
        public List<Grant> grants(String deviceId) {
            return super.grants(deviceId).stream()
                    .sorted(Comparator.comparing(Grant::id).reversed())
                    .toList();
        }
    }),

    READS_THE_JOURNAL_OLDEST_FIRST("D24", clock -> new SpoiltStore(clock) {
        @Override
        public List<JournalRow> journal(JournalQuery query) {
            return super.journal(query).stream()
                    .sorted(Comparator.comparing(row -> row.entry().time()))
                    .toList();
        }
    }),

    PAGES_BY_TIME_ALONE("D26", clock -> new SpoiltStore(clock) {
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
    }),

    TAKES_THE_ROWS_OF_A_MOMENT_FOR_OLDER("D40", clock -> new SpoiltStore(clock) {
        @Override
        public List<JournalRow> journal(JournalQuery query) {
            JournalQuery.Position before = query.before();
            return before == null || !before.chain().isEmpty() || before.epochMilli() == Long.MAX_VALUE
                    ? super.journal(query)
                    : super.journal(new JournalQuery(
                            query.kind(),
                            query.deviceId(),
                            JournalQuery.Position.olderThan(before.epochMilli() + 1),
                            query.limit()));
        }
    }),

    ANSWERS_FOR_ALL_DEVICES("D25", clock -> new SpoiltStore(clock) {

        @Override
        public List<JournalRow> journal(JournalQuery query) {
            return super.journal(new JournalQuery(query.kind(), null, query.before(), query.limit()));
        }
    }),

    READS_ALL_OF_A_CHAIN_AT_ONCE("D27", clock -> new SpoiltStore(clock) {

        @Override
        public List<JournalRow> chain(String chain, long after, int limit) {
            return super.chain(chain, after, Integer.MAX_VALUE);
        }
    }),

    TELLS_THE_ROW_BEFORE_THE_LAST_AS_HEAD("D28", clock -> new SpoiltStore(clock) {

        @Override
        public List<ChainHead> heads() {
            return super.heads().stream()
                    .map(head -> chain(head.chain(), Math.max(0, head.sequence() - 2), 1))
                    .map(rows -> ChainHead.of(rows.get(0)))
                    .toList();
        }
    }),

    HASHES_EACH_ROW_ALONE("D21, D23", clock -> new SpoiltStore(clock) {

        @Override
        public List<JournalRow> chain(String chain, long after, int limit) {
            String nothing = ChainHead.start(chain).hash();
            return super.chain(chain, after, limit).stream()
                    .map(row -> new ChainHead(chain, row.sequence() - 1, nothing).append(row.entry()))
                    .toList();
        }
    }),

    APPENDS_WITHOUT_THE_DEVICE(
            "D21, D25",
            clock -> appending(
                    clock, entry -> new JournalEntry(entry.id(), entry.kind(), entry.time(), null, entry.body()))),

    DROPS_A_ROW_WHEN_TWO_COME_AT_ONCE("D23", clock -> new SpoiltStore(clock) {
        private final AtomicBoolean busy = new AtomicBoolean();
        private final Overlap overlap = new Overlap();

        @Override
        public WriteResult write(StoreWrite write) {
            boolean first = busy.compareAndSet(false, true);
            overlap.meet();
            if (!first) {
                return new WriteResult.Written();
            }
            WriteResult result = super.write(write);
            busy.set(false);
            return result;
        }
    }),

    KEEPS_LATIN_TEXTS_ONLY(
            "D30",
            clock -> appending(clock, entry -> {
                String latin =
                        new String(entry.body().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
                return new JournalEntry(entry.id(), entry.kind(), entry.time(), entry.deviceId(), latin);
            }));

    private final String rules;
    private final Function<MutableClock, SpoiltStore> store;

    BrokenReads(String rules, Function<MutableClock, SpoiltStore> store) {
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

    private static SpoiltStore appending(MutableClock clock, UnaryOperator<JournalEntry> mistake) {
        return SpoiltStore.writing(
                clock,
                write -> Parts.entries(
                        write, write.entries().stream().map(mistake).toList()));
    }
}
