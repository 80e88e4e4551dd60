package io.panocrypt.testkit.notices;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** While nodes are upgraded one by one, those of this release find entries that a later one has written. */
class LaterReleaseNoticesTest {
    @Test
    void areLeftToNodesThatKnowThemForAboutADay() throws IOException {
        NoticeHouse house = new NoticeHouse();
        MemoryStore store = new MemoryStore(house.clock, "node-a");
        try (Panocrypt service = house.node(store)) {
            store.write(StoreWrite.of()
                    .enqueue(List.of(
                            new OutboxEntry("later-topic", "later", "{\"v\":1}"),
                            new OutboxEntry("later-form", "notice", "{\"v\":2}"),
                            new OutboxEntry("later-event", "event", "{\"v\":1,\"types\":[\"device.later\"]}")))
                    .build());
            house.deliverFor(service, Duration.ofHours(12), Duration.ofMinutes(5));
            assertEquals(0, store.deadLetters(null, 10).size());
            assertEquals(3, service.outbox().status().waiting());
            house.deliverFor(service, Duration.ofHours(24), Duration.ofMinutes(5));
            assertEquals(3, store.deadLetters(null, 10).size());
        } finally {
            house.close();
        }
    }
}
