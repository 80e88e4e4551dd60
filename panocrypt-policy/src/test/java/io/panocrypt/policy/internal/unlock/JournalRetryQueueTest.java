package io.panocrypt.policy.internal.unlock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.policy.ForwardingStore;
import io.panocrypt.policy.TestService;
import io.panocrypt.policy.internal.admission.Refusal;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.resilience.RetryingWriter;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JournalRetryQueueTest {
    private static final Duration PATIENCE = Duration.ofMillis(1);

    private final TestService.Clock clock = new TestService.Clock();
    private final MemoryStore memory = new MemoryStore(clock, "node-1");
    private final JournalRetryQueue owed = new JournalRetryQueue(new ForwardingStore(memory) {
        @Override
        public void append(JournalEntry entry) {
            if (entry.id().startsWith("refused")) {
                throw new StoreException("value too long");
            }
            super.append(entry);
        }
    });
    private final Counts counts = new Counts(
            memory, memory, new RetryingWriter(PATIENCE), new IdGenerator(clock, TestService.RANDOM), clock, owed);

    private void owe(String... ids) {
        for (String id : ids) {
            owed.add(new JournalEntry(id, JournalEntry.Kind.UNLOCK, clock.instant(), "dev-1", "{}"));
        }
    }

    private List<String> written() {
        return memory.chain("node-1", 0, 100).stream()
                .map(row -> row.entry().id())
                .toList();
    }

    @Test
    void areWrittenButTheOneThatTheStoreAlwaysRefuses() {
        owe("a", "refused", "b", "c");
        assertThrows(StoreException.class, owed::write);
        assertEquals(List.of("a"), written());
        assertThrows(StoreException.class, owed::write);
        assertEquals(List.of("a", "b", "c"), written());
        owe("d");
        assertThrows(StoreException.class, owed::write);
        assertThrows(StoreException.class, owed::write);
        assertEquals(List.of("a", "b", "c", "d"), written());
    }

    private void count() {
        Refusal refusal = new Refusal(
                "dev-1",
                TestService.address(TestService.AWAY),
                "kid",
                Outcome.DENIED,
                Reason.RATE_LIMITED,
                Map.of(),
                clock.instant());
        counts.folder().count(refusal);
        clock.advance(Duration.ofHours(1));
    }

    @Test
    void keepNothingElseFromBeingWritten() {
        owe("refused");
        count();
        assertThrows(StoreException.class, counts::flush);
        assertEquals(1, written().size());
    }

    @Test
    void areWrittenInNobodysRequest() {
        owe("a");
        count();
        counts.flushUnlessFlushed();
        assertEquals(1, written().size());
        counts.flush();
        assertEquals(2, written().size());
        assertEquals("a", written().get(1));
    }
}
