package io.panocrypt.policy.store.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is too large is refused before anything is written, and what may become large is not too large. */
class LimitsTest {
    private final EntrySite site = new EntrySite();

    private static PolicyRecord tagged(int tags) {
        Set<String> terms = new HashSet<>();
        for (int i = 0; i < tags; i++) {
            terms.add("tag:" + i);
        }
        return new PolicyRecord("device", "d", 1, "{}", Set.of(), terms);
    }

    @Test
    void refusesAnEditOfTooManyKeys() {
        site.node.write(site.put(EntrySite.device("dev-1", 1)));
        List<StoreEntry> before = site.everything();
        site.faulty.setMaxBatch(50);
        StoreInputException refused =
                assertThrows(StoreInputException.class, () -> site.node.write(site.put(tagged(60))));
        assertTrue(refused.getMessage().contains("67 entries"), refused.getMessage());
        assertTrue(refused.getMessage().contains("at most 50"), refused.getMessage());
        assertEquals(before, site.everything());
        assertEquals(new WriteResult.Written(), site.node.write(site.put(tagged(43))));
        assertEquals(50, site.faulty.largest());
    }

    @Test
    void refusesATooLargeValue() {
        List<StoreEntry> before = site.everything();
        PolicyRecord large =
                new PolicyRecord("list", "l", 1, "\u0130".repeat(EntryStore.MAX_VALUE_BYTES / 2), Set.of(), Set.of());
        assertThrows(StoreInputException.class, () -> site.node.write(site.put(large)));
        JournalEntry row = site.entry(JournalEntry.Kind.UNLOCK);
        assertThrows(
                StoreInputException.class,
                () -> site.node.write(
                        StoreWrite.of(new JournalEntry(row.id(), row.kind(), row.time(), null, large.body()))
                                .build()));
        assertThrows(
                StoreInputException.class,
                () -> site.node.write(StoreWrite.of()
                        .enqueue(List.of(new OutboxEntry("o", "topic", large.body())))
                        .build()));
        assertEquals(before, site.everything());
    }

    @Test
    void refusesATooLongKey() {
        PolicyRecord record =
                new PolicyRecord("list", "x".repeat(EntryStore.MAX_KEY_LENGTH), 1, "{}", Set.of(), Set.of());
        assertThrows(StoreInputException.class, () -> site.node.write(site.put(record)));
        assertThrows(StoreInputException.class, () -> site.node.get("list", record.id()));
    }

    @Test
    void keepsAnyNumberOfFollowUps() {
        List<OutboxEntry> many = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            many.add(new OutboxEntry("n-" + i, "topic", "lane-" + i % 7, "{\"text\":\"" + "x".repeat(500) + "\"}"));
        }
        site.node.write(StoreWrite.of()
                .enqueue(List.of(new OutboxEntry("first", "topic", "{}")))
                .build());
        assertEquals(1, site.node.lease("l", Duration.ofMinutes(1), 1).size());
        assertTrue(site.node.settle("l", "first", new Settlement.Done(many)));
        assertEquals(many.size(), site.other.outboxStatus().waiting());
        for (int i = 0; i < many.size() && site.other.waiting(1_000).size() < 1_000; i++) {
            assertEquals(many.size(), site.other.outboxStatus().waiting());
        }
        assertEquals(many.subList(0, 1_000), site.other.waiting(1_000));
        assertEquals(7, site.other.lease("m", Duration.ofMinutes(1), 1_000).size());
        assertTrue(site.faulty.largest() <= 100, site.faulty.largest() + " keys");
    }

    /** One event notifies many people at once, and a write may take 10 ms. */
    @Test
    void takesInManyEntriesByOneWrite() {
        List<OutboxEntry> many = new ArrayList<>();
        for (int i = 0; i < 28; i++) {
            many.add(new OutboxEntry("n-" + i, "topic", "lane-" + i % 4, "{}"));
        }
        site.node.write(StoreWrite.of()
                .enqueue(List.of(new OutboxEntry("first", "topic", "lane-0", "{}")))
                .build());
        assertEquals(1, site.node.lease("k", Duration.ZERO, 1).size());
        site.node.write(StoreWrite.of().enqueue(many).build());
        AtomicInteger writes = new AtomicInteger();
        site.faulty.beforeWrite(writes::incrementAndGet);
        assertEquals(29, site.node.waiting(1_000).size());
        assertTrue(writes.get() <= 3, writes.get() + " writes");
        assertTrue(site.faulty.largest() <= 100, site.faulty.largest() + " keys");
        // Each lane in order, behind what waited before.
        List<String> leased = new ArrayList<>();
        while (leased.size() < 29) {
            List<LeasedEntry> batch = site.node.lease("l", Duration.ofMinutes(1), 1_000);
            assertEquals(leased.size() < 28 ? 4 : 1, batch.size());
            batch.forEach(entry -> leased.add(entry.entry().id()));
            batch.forEach(
                    entry -> assertTrue(site.node.settle("l", entry.entry().id(), new Settlement.Done(List.of()))));
        }
        List<String> wanted = new ArrayList<>(List.of("first"));
        for (int i = 0; i < 28; i += 4) {
            wanted.add("n-" + i);
        }
        List<String> lane = leased.stream()
                .filter(id -> id.equals("first") || Integer.parseInt(id.substring(2)) % 4 == 0)
                .toList();
        assertEquals(wanted, lane);
    }

    @Test
    void leasesAndPurgesMoreThanOneWriteHolds() {
        List<OutboxEntry> many = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            many.add(new OutboxEntry("n-" + i, "topic", "{}"));
        }
        site.node.write(StoreWrite.of().enqueue(many).build());
        assertEquals(120, site.node.lease("k", Duration.ZERO, 1_000).size());
        assertEquals(120, site.node.lease("l", Duration.ofMinutes(1), 1_000).size());
        many.forEach(entry -> assertTrue(site.node.settle("l", entry.id(), new Settlement.Done(List.of()))));
        site.pass(Duration.ofDays(1));
        assertEquals(120, site.node.purgeOutbox(Duration.ofHours(1)));
        // The only thing that the outbox leaves is the next position.
        assertEquals(
                List.of(Keys.NEXT_POSITION),
                site.everything().stream().map(StoreEntry::key).toList());
    }

    @Test
    void readsFewPagesOfWhatIsCutAndNotYetRemoved() {
        for (int i = 0; i < 300; i++) {
            site.other.write(StoreWrite.of(site.entry(JournalEntry.Kind.UNLOCK)).build());
        }
        JournalRow last = site.other.chain("node-b", 297, 1).get(0);
        // The node that cuts removes nothing, because it does not see the heads.
        site.faulty.beforeScan(from -> {
            if (from.equals(Keys.HEADS)) {
                throw new StoreException("no answer");
            }
        });
        PolicyRecord stands = new PolicyRecord("cut", "node-b", 1, "{}", Set.of(), Set.of());
        StoreWrite cut = StoreWrite.of(site.entry(JournalEntry.Kind.AUDIT))
                .put(stands)
                .truncate(ChainHead.of(last))
                .build();
        assertEquals(new WriteResult.Written(), site.node.write(cut));
        AtomicInteger calls = new AtomicInteger();
        site.faulty.beforeRead(calls::incrementAndGet);
        List<JournalRow> rows = site.node.journal(new JournalQuery(JournalEntry.Kind.UNLOCK, null, null, 3));
        assertEquals(
                List.of(300L, 299L), rows.stream().map(JournalRow::sequence).toList());
        assertTrue(calls.get() < 30, calls.get() + " calls");
        assertEquals(
                List.of(300L),
                site.node.journal(new JournalQuery(JournalEntry.Kind.UNLOCK, null, null, 1)).stream()
                        .map(JournalRow::sequence)
                        .toList());
    }

    @Test
    void countsWhatWaitsAlsoIfItCannotBeTakenIn() {
        OutboxEntry twice = new OutboxEntry("twice", "topic", "{}");
        site.node.write(StoreWrite.of().enqueue(List.of(twice)).build());
        assertEquals(1, site.node.lease("l", Duration.ofMinutes(1), 1).size());
        site.pass(Duration.ofMinutes(1));
        site.node.write(StoreWrite.of()
                .enqueue(List.of(twice, new OutboxEntry("new", "topic", "{}")))
                .build());
        site.faulty.setWritable(false);
        assertEquals(new OutboxStatus(site.time.get(), 2, Optional.of(EntrySite.START), 0), site.node.outboxStatus());
        site.faulty.setWritable(true);
        assertTrue(site.node.settle("l", "twice", new Settlement.Done(List.of())));
        site.faulty.setWritable(false);
        assertEquals(new OutboxStatus(site.time.get(), 1, Optional.of(site.time.get()), 0), site.node.outboxStatus());
    }

    @ParameterizedTest
    @ValueSource(ints = {50, 100})
    void takesANoteOfAsManyEntriesAsItSays(int maxBatch) {
        site.faulty.setMaxBatch(maxBatch);
        List<JournalEntry> entries = new ArrayList<>();
        for (int i = 0; i < site.node.maxWriteEntries(); i++) {
            entries.add(site.entry(JournalEntry.Kind.UNLOCK));
        }
        assertTrue(entries.size() >= maxBatch / 5, entries.size() + " entries");
        Change change = new Change.Put(new PolicyRecord("tally", "t", 1, "{}", Set.of("a"), Set.of("b", "c")));
        assertEquals(
                new WriteResult.Written(),
                site.node.write(StoreWrite.of(entries).change(List.of(change)).build()));
        assertTrue(site.faulty.largest() <= maxBatch, site.faulty.largest() + " keys");
    }
}
