package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.JournalCut;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyEdit.Change;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.testkit.Overlap;
import io.panocrypt.testkit.support.MutableClock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Stores with one mistake each in truncating a chain. */
enum BrokenCuts implements BrokenStore {
    CUTS_WITHOUT_A_LOOK_AT_THE_HASH("D61", clock -> new SpoiltStore(clock) {
        @Override
        public CommitResult cut(JournalCut cut) {
            return chain(cut.end().chain(), cut.end().sequence() - 1, 1).stream()
                    .findFirst()
                    .map(found -> super.cut(new JournalCut(ChainHead.of(found), cut.stands(), cut.entry())))
                    .orElse(CommitResult.CONFLICT);
        }
    }),

    CUTS_THE_LAST_ROW("D62", clock -> new SpoiltStore(clock) {
        @Override
        public CommitResult cut(JournalCut cut) {
            if (heads().contains(cut.end())) {
                append(new JournalEntry(
                        cut.entry().id() + "-room",
                        JournalEntry.Kind.AUDIT,
                        cut.entry().time(),
                        null,
                        "{}"));
            }
            return super.cut(cut);
        }
    }),

    CUTS_AND_FORGETS_THE_RECORD("D60, D63, D64", clock -> {
        AtomicInteger numbers = new AtomicInteger();
        return new SpoiltStore(clock) {
            @Override
            public CommitResult cut(JournalCut cut) {
                String id = "elsewhere-" + numbers.incrementAndGet();
                Change.Put other = new Change.Put(new PolicyRecord("elsewhere", id, 1, "{}", Set.of(), Set.of()));
                return super.cut(new JournalCut(cut.end(), other, cut.entry()));
            }
        };
    }),

    KEEPS_THE_RECORD_AND_CUTS_NOTHING("D60, D62", clock -> new SpoiltStore(clock) {
        @Override
        public CommitResult cut(JournalCut cut) {
            boolean fits = chain(cut.end().chain(), cut.end().sequence() - 1, 1).stream()
                    .anyMatch(row -> ChainHead.of(row).equals(cut.end()));
            return fits ? note(List.of(cut.entry()), List.of(cut.stands())) : CommitResult.CONFLICT;
        }
    }),

    CUTS_AGAIN_WHAT_IS_CUT("D64", clock -> {
        AtomicInteger numbers = new AtomicInteger();
        return new SpoiltStore(clock) {
            @Override
            public CommitResult cut(JournalCut cut) {
                JournalEntry entry = cut.entry();
                String id = entry.id() + "-" + numbers.incrementAndGet();
                return super.cut(new JournalCut(
                        cut.end(),
                        cut.stands(),
                        new JournalEntry(id, entry.kind(), entry.time(), entry.deviceId(), entry.body())));
            }
        };
    }),

    LOOKS_AT_THE_RECORD_BEFORE_IT_CUTS("D65", clock -> new SpoiltStore(clock) {
        private final Overlap overlap = new Overlap();

        @Override
        public CommitResult cut(JournalCut cut) {
            boolean fits = fit(List.of(cut.stands()));
            overlap.meet();
            CommitResult result = super.cut(cut);
            return fits ? CommitResult.COMMITTED : result;
        }
    });

    private final String rules;
    private final Function<MutableClock, SpoiltStore> store;

    BrokenCuts(String rules, Function<MutableClock, SpoiltStore> store) {
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
