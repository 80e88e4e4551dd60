package io.panocrypt.testkit.clock;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.testkit.support.MutableClock;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A store shared by all nodes has its own clock. */
class MemoryClockTest extends ClockScenarios {
    private static final class Shared implements ClockSite.Stores {
        private final MutableClock clock = new MutableClock(ClockSite.START);
        private final MemoryStore store = new MemoryStore(clock, "node-a");

        @Override
        public MutableClock storeClock(MutableClock nodes) {
            return clock;
        }

        @Override
        public <T> T open(String node, MutableClock nodes, Function<ClockSite.Opened, T> use) {
            return use.apply(new ClockSite.Opened(store, () -> {}));
        }
    }

    @Override
    ClockSite.Stores stores() {
        return new Shared();
    }

    @Test
    void asksTheStoreForTheTimeAndNotTheNode() {
        site.allow(site.right, 2, HOUR);
        site.jump(HOUR);
        assertTrue(ClockSite.answers(site.jumping, site.allowed));
        site.pass(HOUR, clocks());
        site.jump(HOUR.negated());
        assertFalse(ClockSite.answers(site.jumping, site.allowed));
    }
}
