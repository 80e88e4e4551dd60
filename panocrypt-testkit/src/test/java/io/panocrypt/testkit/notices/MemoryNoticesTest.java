package io.panocrypt.testkit.notices;

import io.panocrypt.testkit.support.MutableClock;
import org.junit.jupiter.api.Nested;

class MemoryNoticesTest {
    @Nested
    class Told extends NoticeScenarios {
        @Override
        Stores stores(MutableClock clock) {
            return new MemoryStores(clock);
        }
    }

    @Nested
    class Delivered extends DeliveryScenarios {
        @Override
        Stores stores(MutableClock clock) {
            return new MemoryStores(clock);
        }
    }
}
