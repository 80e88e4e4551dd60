package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.testkit.RuleMethod;
import io.panocrypt.testkit.support.MutableClock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tests O11 with a right store: on a slow engine a lease gives up with what it has, even with nothing. */
class HesitantStoreTest {
    /** Not a test class: only the engine below runs it. */
    static final class Hesitant extends StoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            AtomicInteger calls = new AtomicInteger();
            return StoreFixture.inMemory(
                    new ForwardingStore(new MemoryStore(clock, "node-a")) {
                        @Override
                        public List<LeasedEntry> lease(String lease, Duration length, int limit) {
                            int most = calls.getAndIncrement() % 3;
                            return most == 0 ? List.of() : super.lease(lease, length, Math.min(most, limit));
                        }
                    },
                    "node-a");
        }
    }

    @Test
    void asksUntilNothingWaits() {
        List<RuleMethod> rule = RuleMethod.of(Hesitant.class).stream()
                .filter(method -> method.rule().equals("O11"))
                .toList();
        assertEquals(Set.of(), RuleMethod.failed(rule));
    }
}
