package io.panocrypt.policy.spi.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StoreWriteTest {
    private static final JournalEntry ENTRY =
            new JournalEntry("e", JournalEntry.Kind.UNLOCK, Instant.EPOCH, "dev-1", "{}");
    private static final Grant GRANT =
            new Grant("g", "dev-1", 1, 1, Instant.EPOCH, Instant.EPOCH.plusSeconds(60), "{}");
    private static final PolicyRecord RECORD = new PolicyRecord("device", "dev-1", 1, "{}", Set.of(), Set.of());
    private static final OutboxEntry NOTICE = new OutboxEntry("n", "topic", "{}");

    /** Adds to a write what only the id of a journal entry makes happen once. */
    private interface Part {
        StoreWrite.Builder addTo(StoreWrite.Builder write);
    }

    static Stream<Part> unrepeatable() {
        return Stream.of(
                write -> write.growEpoch(true),
                write -> write.spend("dev-1", List.of("g")),
                write -> write.cancel(List.of(new GrantScope.OfDevice("dev-1"))),
                write -> write.grant(List.of(GRANT)),
                write -> write.truncate(new ChainHead("node-a", 1, "00")));
    }

    @ParameterizedTest
    @MethodSource("unrepeatable")
    void needsAnEntryForWhatItsIdMakesHappenOnce(Part part) {
        assertEquals(List.of(ENTRY), part.addTo(StoreWrite.of(ENTRY)).build().entries());
        StoreWrite.Builder anonymous = part.addTo(StoreWrite.of());
        assertThrows(IllegalArgumentException.class, anonymous::build);
    }

    @Test
    void needsNoEntryForChangesAndNotices() {
        StoreWrite write = StoreWrite.of().put(RECORD).enqueue(List.of(NOTICE)).build();
        assertEquals(List.of(), write.entries());
        assertEquals(List.of(new Change.Put(RECORD)), write.changes());
        assertEquals(List.of(NOTICE), write.outbox());
    }

    @Test
    void changesNoPolicyWhereItOnlySpendsAppendsAndNotifies() {
        assertFalse(StoreWrite.of(ENTRY)
                .inEpoch(1L)
                .require("device", "dev-1", 1)
                .spend("dev-1", List.of("g"))
                .enqueue(List.of(NOTICE))
                .build()
                .changesPolicy());
        for (StoreWrite.Builder changing : List.of(
                StoreWrite.of().put(RECORD),
                StoreWrite.of().delete("device", "dev-1", 1),
                StoreWrite.of(ENTRY).growEpoch(true),
                StoreWrite.of(ENTRY).cancel(List.of(new GrantScope.OfDevice("dev-1"))),
                StoreWrite.of(ENTRY).grant(List.of(GRANT)),
                StoreWrite.of(ENTRY).truncate(new ChainHead("node-a", 1, "00")))) {
            assertTrue(changing.build().changesPolicy(), () -> changing.build().toString());
        }
    }
}
