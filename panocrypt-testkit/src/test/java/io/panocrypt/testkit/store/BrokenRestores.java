package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.testkit.support.MutableClock;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Stores with one mistake each in restoring. */
enum BrokenRestores implements BrokenStore {
    RESTORES_RECORDS_AS_NEW_ONES("B1", right -> new ForwardingStore(right) {
        @Override
        public void restore(List<PolicyRecord> records, List<JournalRow> rows) {
            super.restore(
                    records.stream()
                            .map(record -> new PolicyRecord(
                                    record.kind(), record.id(), 1, record.body(), record.uniqueTerms(), record.terms()))
                            .toList(),
                    rows);
        }
    }),

    RESTORES_ROWS_INTO_ITS_OWN_CHAIN("B2, B3", right -> new ForwardingStore(right) {
        @Override
        public void restore(List<PolicyRecord> records, List<JournalRow> rows) {
            super.restore(records, List.of());
            rows.forEach(row -> super.write(StoreWrite.of(row.entry()).build()));
        }
    }),

    KEEPS_RECORDS_THAT_ARE_THERE("B3", right -> new ForwardingStore(right) {
        @Override
        public void restore(List<PolicyRecord> records, List<JournalRow> rows) {
            super.restore(
                    records.stream()
                            .filter(record -> get(record.kind(), record.id()).isEmpty())
                            .toList(),
                    rows);
        }
    }),

    KEEPS_WHAT_IT_RESTORES_IN_THE_PROCESS("B4", right -> new ForwardingStore(right) {
        private final Map<String, PolicyRecord> restored = new ConcurrentHashMap<>();

        @Override
        public void restore(List<PolicyRecord> records, List<JournalRow> rows) {
            records.forEach(record -> restored.put(record.kind() + "/" + record.id(), record));
            super.restore(List.of(), rows);
        }

        @Override
        public Optional<PolicyRecord> get(String kind, String id) {
            return Optional.ofNullable(restored.get(kind + "/" + id)).or(() -> super.get(kind, id));
        }
    });

    private final String rules;
    private final Function<ForwardingStore, ForwardingStore> mistake;

    BrokenRestores(String rules, Function<ForwardingStore, ForwardingStore> mistake) {
        this.rules = rules;
        this.mistake = mistake;
    }

    @Override
    public String rules() {
        return rules;
    }

    @Override
    public StoreFixture fixture(MutableClock clock) throws SQLException {
        return new SpoiltFixture(new H2Fixture(clock), (store, node) -> mistake.apply(new ForwardingStore(store)));
    }
}
