package io.panocrypt.policy.internal.unlock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.TestClock;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.resilience.RetryingWriter;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.RuleFinding;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many counts, on a store that limits its writes. */
class CountSnapshotTest {
    private static final int DEVICES = 300;

    private final TestClock clock = new TestClock();
    private final ForwardingStore memory = new MemoryStore(clock, "node-1");
    /** Notes that are answered; later ones happen, and nobody hears of it. */
    private int heard = Integer.MAX_VALUE;

    private int notes;
    private int most;
    private int limit = 10;

    private final ForwardingStore store = new ForwardingStore(memory) {
        @Override
        public WriteResult write(StoreWrite write) {
            notes++;
            most = Math.max(most, write.entries().size());
            WriteResult result = super.write(write);
            if (heard-- <= 0) {
                throw new StoreException("connection lost");
            }
            return result;
        }

        @Override
        public int maxWriteEntries() {
            return limit;
        }
    };

    private CountSnapshot run() {
        return new CountSnapshot(store, new RetryingWriter(Duration.ZERO), new IdGenerator(clock, new SecureRandom()));
    }

    private List<JournalEntry> entries(String prefix, int ofADevice) {
        List<JournalEntry> entries = new ArrayList<>();
        for (int device = 0; device < DEVICES; device++) {
            for (int i = 0; i < ofADevice; i++) {
                entries.add(new JournalEntry(
                        prefix.isEmpty() ? "" : prefix + device + "-" + i,
                        JournalEntry.Kind.UNLOCK,
                        clock.instant(),
                        "device-" + device,
                        Json.write(body(i))));
            }
        }
        return entries;
    }

    private static AttemptEntry body(int number) {
        Map<Gate, GateResult> gates = new EnumMap<>(Gate.class);
        for (Gate gate : Gate.values()) {
            gates.put(gate, GateResult.values()[0]);
        }
        return new AttemptEntry(
                Optional.of(IpAddress.parse("2001:db8:ffff:ffff:ffff:ffff:ffff:" + Integer.toHexString(number))),
                "\u0130".repeat(86),
                Outcome.DENIED,
                Reason.RATE_LIMITED,
                1,
                gates,
                Optional.empty(),
                "1000 more, from various sources",
                Optional.of(new RuleFinding("r".repeat(40), "\u0130".repeat(200))));
    }

    private List<PolicyRecord> saved() {
        return store.scan(RecordMapper.TALLY, null, null, 1_000);
    }

    private Set<String> written() {
        List<JournalRow> rows = new ArrayList<>();
        for (List<JournalRow> page = store.chain("node-1", 0, 1_000); !page.isEmpty(); ) {
            rows.addAll(page);
            page = store.chain("node-1", page.get(page.size() - 1).sequence(), 1_000);
        }
        Set<String> ids = rows.stream().map(row -> row.entry().id()).collect(Collectors.toSet());
        assertEquals(rows.size(), ids.size());
        return ids;
    }

    @Test
    void staySmallAndAreAdoptedOnce() {
        CountSnapshot dying = run();
        dying.write(List.of(), entries("", 30), clock.instant());
        for (PolicyRecord record : saved()) {
            int bytes = record.body().getBytes(StandardCharsets.UTF_8).length;
            assertTrue(bytes <= 200_000, bytes + " bytes");
        }
        dying.write(entries("due-", 5), entries("", 20), clock.instant());
        assertEquals(DEVICES * 5, written().size());
        long rest = run().ofOthers().count();
        assertEquals(DEVICES * 20, rest);
        clock.advance(CountSnapshot.ABANDONED);
        run().adopt(clock.instant());
        assertEquals(List.of(), saved());
        assertEquals(DEVICES * 25, written().size());
    }

    @Test
    void areWrittenOnceAfterAWriteOfUnknownOutcome() {
        List<JournalEntry> due = entries("due-", 12);
        CountSnapshot counts = run();
        counts.write(List.of(), entries("", 12), clock.instant());
        heard = 100;
        assertThrows(StoreException.class, () -> counts.write(due, entries("", 1), clock.instant()));
        heard = Integer.MAX_VALUE;
        counts.write(due, entries("", 2), clock.instant());
        assertEquals(DEVICES * 12, written().size());
        assertEquals(DEVICES * 2, run().ofOthers().count());
        counts.write(List.of(), List.of(), clock.instant());
        assertEquals(List.of(), saved());
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 20})
    void takeAsFewWritesAsTheStoreAllows(int entriesAtOnce) {
        limit = entriesAtOnce;
        List<JournalEntry> due = entries("due-", 5);
        // No more parts than devices, and most parts have entries of a few devices.
        int groups = DEVICES * 5 / entriesAtOnce + 128;
        CountSnapshot counts = run();
        counts.write(due, List.of(), clock.instant());
        assertTrue(notes <= groups, notes + " notes");
        assertEquals(limit, most);
        heard = 0;
        List<JournalEntry> more = entries("more-", 5);
        assertThrows(StoreException.class, () -> counts.write(more, List.of(), clock.instant()));
        heard = Integer.MAX_VALUE;
        notes = 0;
        counts.write(more, List.of(), clock.instant());
        assertTrue(notes <= groups, notes + " notes to settle");
        assertEquals(DEVICES * 10, written().size());
        assertEquals(limit, most);
    }
}
