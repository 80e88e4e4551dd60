package io.panocrypt.policy.store.memory;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.policy.spi.store.OutboxEntry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryOutboxTest {
    @Test
    void refusesASettlementThatItDoesNotKnow() {
        MemoryStore store = new MemoryStore(InstantSource.system(), "node-1");
        store.enqueue(List.of(new OutboxEntry("entry-1", "event", "{}")));
        store.lease("lease-1", Duration.ofMinutes(1), 1);
        assertThrows(IllegalStateException.class, () -> store.settle("lease-1", "entry-1", null));
    }
}
