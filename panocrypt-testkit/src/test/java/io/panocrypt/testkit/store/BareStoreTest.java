package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.OutboxStore;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.testkit.RuleMethod;
import io.panocrypt.testkit.race.ServiceRaceContract;
import io.panocrypt.testkit.support.MutableClock;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A store that has only what it must have: no outbox, no truncation, no restore, no index of unique terms. It passes all rules but those of what it leaves out. */
class BareStoreTest {
    /** Does not even take what it does not keep. */
    private static final class BareStore extends ForwardingStore {
        BareStore(InstantSource clock) {
            super(new MemoryStore(clock, "node-a"));
        }

        @Override
        public Optional<OutboxStore> outbox() {
            return Optional.empty();
        }

        /** By the default method of the interface, which the superclass hides. */
        @Override
        public List<PolicyRecord> scanByUniqueTerm(String kind, String prefix, @Nullable String after, int limit) {
            InvocationHandler scanning = (proxy, method, values) -> method.isDefault()
                    ? InvocationHandler.invokeDefault(proxy, method, values)
                    : scan((String) values[0], (String) values[1], (String) values[2], (int) values[3]);
            Store bare = (Store)
                    Proxy.newProxyInstance(Store.class.getClassLoader(), new Class<?>[] {Store.class}, scanning);
            return bare.scanByUniqueTerm(kind, prefix, after, limit);
        }

        @Override
        public boolean truncates() {
            return false;
        }

        @Override
        public boolean restores() {
            return false;
        }

        @Override
        public void restore(List<PolicyRecord> records, List<JournalRow> rows) {
            throw new UnsupportedOperationException("no restores");
        }

        @Override
        public WriteResult write(StoreWrite write) {
            if (!write.outbox().isEmpty() || write.truncation() != null) {
                throw new UnsupportedOperationException("neither outbox nor truncation");
            }
            return super.write(write);
        }
    }

    private static StoreFixture bare(MutableClock clock) {
        return StoreFixture.inMemory(new BareStore(clock), "node-a");
    }

    /** Not a test class: only the engine below runs it. */
    static final class Bare extends StoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return bare(clock);
        }
    }

    @Test
    void skipsOnlyTheRulesOfWhatItLeavesOut() {
        Set<String> expected = new TreeSet<>(RuleMethod.rulesOf(StoreContract.class));
        expected.removeIf(rule -> !rule.matches("O\\d+|D29|D6[0-7]|B[1-4]"));
        // A store in memory has neither a second node nor anything to open again.
        expected.addAll(Set.of("D12", "D20", "P21"));
        assertEquals(expected, RuleMethod.skipped(Bare.class));
    }

    @Nested
    class UnderARacingService extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return bare(clock);
        }
    }
}
