package io.panocrypt.policy.internal.unlock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.policy.ActStore;
import io.panocrypt.policy.TestClock;
import io.panocrypt.policy.TestService;
import io.panocrypt.policy.internal.admission.PendingAttempts;
import io.panocrypt.policy.internal.admission.Refusal;
import io.panocrypt.policy.internal.admission.RefusalAggregator;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.resilience.RetryingWriter;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JournalRetryQueueTest {
    private static final Duration TIMEOUT = Duration.ofMillis(1);

    private final TestClock clock = new TestClock();
    private final MemoryStore memory = new MemoryStore(clock, "node-1");
    private final JournalRetryQueue retries = new JournalRetryQueue(new ActStore(memory) {
        @Override
        protected WriteResult append(StoreWrite write) {
            if (write.entries().get(0).id().startsWith("refused")) {
                throw new StoreException("value too long");
            }
            return super.append(write);
        }
    });
    private final RefusalAggregator refusals = new RefusalAggregator(clock);
    private final Counts counts = new Counts(
            memory,
            new RetryingWriter(TIMEOUT),
            new IdGenerator(clock, TestService.RANDOM),
            clock,
            refusals,
            new PendingAttempts(),
            retries);

    private void queue(String... ids) {
        for (String id : ids) {
            retries.add(new JournalEntry(id, JournalEntry.Kind.UNLOCK, clock.instant(), "dev-1", "{}"));
        }
    }

    private List<String> written() {
        return memory.chain("node-1", 0, 100).stream()
                .map(row -> row.entry().id())
                .toList();
    }

    @Test
    void areWrittenButTheOneThatTheStoreAlwaysRefuses() {
        queue("a", "refused", "b", "c");
        assertThrows(StoreException.class, retries::write);
        assertEquals(List.of("a"), written());
        assertThrows(StoreException.class, retries::write);
        assertEquals(List.of("a", "b", "c"), written());
        queue("d");
        assertThrows(StoreException.class, retries::write);
        assertThrows(StoreException.class, retries::write);
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
                Optional.empty(),
                clock.instant());
        refusals.count(refusal);
        clock.advance(Duration.ofHours(1));
    }

    @Test
    void keepNothingElseFromBeingWritten() {
        queue("refused");
        count();
        assertThrows(StoreException.class, counts::flush);
        assertEquals(1, written().size());
    }

    @Test
    void areWrittenInNobodysRequest() {
        queue("a");
        count();
        counts.flushUnlessFlushing();
        assertEquals(1, written().size());
        counts.flush();
        assertEquals(2, written().size());
        assertEquals("a", written().get(1));
    }
}
