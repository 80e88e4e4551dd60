package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.testkit.Overlap;
import io.panocrypt.testkit.support.MutableClock;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Stores with one mistake each in truncating a chain. */
enum BrokenCuts implements BrokenStore {
    CUTS_WITHOUT_A_LOOK_AT_THE_HASH("D61", clock -> new Truncating(clock) {
        @Override
        WriteResult truncate(StoreWrite write, ChainHead end) {
            return chain(end.chain(), end.sequence() - 1, 1).stream()
                    .findFirst()
                    .map(found -> asTold(Parts.truncation(write, ChainHead.of(found))))
                    .orElse(new WriteResult.NotTruncatable());
        }
    }),

    CUTS_THE_LAST_ROW("D62", clock -> new Truncating(clock) {
        @Override
        WriteResult truncate(StoreWrite write, ChainHead end) {
            if (heads().contains(end)) {
                asTold(Parts.renamed(StoreWrite.of(write.entries()).build(), "-room"));
            }
            return asTold(write);
        }
    }),

    CUTS_AND_FORGETS_THE_RECORD("D60, D63, D64", clock -> {
        AtomicInteger numbers = new AtomicInteger();
        return new Truncating(clock) {
            @Override
            WriteResult truncate(StoreWrite write, ChainHead end) {
                String id = "elsewhere-" + numbers.incrementAndGet();
                Change other = new Change.Put(new PolicyRecord("elsewhere", id, 1, "{}", Set.of(), Set.of()));
                return asTold(Parts.changes(write, List.of(other)));
            }
        };
    }),

    KEEPS_THE_RECORD_AND_CUTS_NOTHING("D60, D62", clock -> new Truncating(clock) {
        @Override
        WriteResult truncate(StoreWrite write, ChainHead end) {
            boolean fits = chain(end.chain(), end.sequence() - 1, 1).stream()
                    .anyMatch(row -> ChainHead.of(row).equals(end));
            return fits ? asTold(Parts.truncation(write, null)) : new WriteResult.NotTruncatable();
        }
    }),

    LOOKS_AT_THE_RECORD_BEFORE_IT_CUTS("D65", clock -> new Truncating(clock) {
        private final Overlap overlap = new Overlap();

        @Override
        WriteResult truncate(StoreWrite write, ChainHead end) {
            boolean fits = fit(write.changes());
            overlap.meet();
            WriteResult result = asTold(write);
            return fits ? new WriteResult.Written() : result;
        }
    });

    /** A right store whose truncations are made otherwise. */
    private abstract static class Truncating extends SpoiltStore {
        Truncating(InstantSource clock) {
            super(clock);
        }

        abstract WriteResult truncate(StoreWrite write, ChainHead end);

        final WriteResult asTold(StoreWrite write) {
            return super.write(write);
        }

        @Override
        public WriteResult write(StoreWrite write) {
            ChainHead end = write.truncation();
            return end == null ? super.write(write) : truncate(write, end);
        }
    }

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
