package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalEntry.Kind;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.testkit.support.Parallel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules D21 to D31 and D40: the journal, its chains and the outbox. */
abstract class JournalRules extends StoreRules {
    JournalRules(Opener opener) {
        super(opener);
    }

    @Test
    @DisplayName("D21 an appended entry is the next row of this node's chain")
    void appendsToThisNodesChain() {
        ChainHead before = store().heads().get(0);
        JournalEntry first = unlock();
        JournalEntry second = entry(Kind.CHECKPOINT, null);
        append(first);
        append(second);
        JournalRow row = before.append(first);
        JournalRow next = ChainHead.of(row).append(second);
        assertEquals(fixture().chain(), before.chain());
        assertEquals(List.of(row, next), store().chain(before.chain(), before.sequence(), PAGE));
    }

    @Test
    @DisplayName("D22 an entry whose id is there already changes nothing")
    void appendsAnEntryOnce() {
        JournalEntry entry = unlock();
        append(entry);
        append(entry);
        append(new JournalEntry(entry.id(), Kind.CHECKPOINT, entry.time(), null, "{}"));
        assertEquals(List.of(entry), unlocks().stream().map(JournalRow::entry).toList());
        assertEquals(List.of(), read(Kind.CHECKPOINT, null, null, PAGE));
    }

    @Test
    @DisplayName("D23 concurrent appends and commits give one chain without gap or fork")
    void keepsTheChainWholeUnderConcurrency() throws Exception {
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int thread = 0; thread < 16; thread++) {
            boolean commits = thread % 2 == 0;
            tasks.add(() -> {
                for (int i = 0; i < 20; i++) {
                    if (commits) {
                        written(commit(null));
                    } else {
                        append(unlock());
                    }
                }
                return 20;
            });
        }
        int before = wholeChain(fixture().chain()).size();
        int written = Parallel.run(tasks).stream().mapToInt(Integer::intValue).sum();
        assertEquals(before + written, wholeChain(fixture().chain()).size());
        assertChainsIntact();
    }

    @Test
    @DisplayName("D24 the journal is read newest first: by time, then chain, then sequence")
    void readsNewestFirst() {
        Instant noon = clock.instant();
        List<String> ids = new ArrayList<>();
        for (long offset : new long[] {0, 5, -5, 5, 0}) {
            ids.add(appendAt(noon.plusMillis(offset)));
        }
        List<String> expected = List.of(ids.get(3), ids.get(1), ids.get(4), ids.get(0), ids.get(2));
        assertEquals(expected, ids(read(Kind.UNLOCK, null, null, PAGE)));
    }

    @Test
    @DisplayName("D25 the journal is filtered by kind and by device")
    void filtersByKindAndDevice() {
        JournalEntry mine = unlock();
        JournalEntry others = entry(Kind.UNLOCK, "dev-2");
        JournalEntry checkpoint = entry(Kind.CHECKPOINT, null);
        JournalEntry audit = entry(Kind.AUDIT, DEVICE);
        List.of(mine, others, checkpoint, audit).forEach(this::append);
        assertEquals(List.of(mine.id()), ids(read(Kind.UNLOCK, DEVICE, null, PAGE)));
        assertEquals(List.of(others.id()), ids(read(Kind.UNLOCK, "dev-2", null, PAGE)));
        assertEquals(List.of(others.id(), mine.id()), ids(read(Kind.UNLOCK, null, null, PAGE)));
        assertEquals(List.of(checkpoint.id()), ids(read(Kind.CHECKPOINT, null, null, PAGE)));
        assertEquals(List.of(audit.id()), ids(read(Kind.AUDIT, DEVICE, null, PAGE)));
        assertEquals(List.of(), read(Kind.UNLOCK, "dev-3", null, PAGE));
    }

    @Test
    @DisplayName("D26 pages follow each other without loss or repetition, rows of equal time included")
    void pagesOverEqualTimes() {
        Instant noon = clock.instant();
        for (int i = 0; i < 23; i++) {
            appendAt(noon.plusMillis(i / 7));
            append(entry(Kind.UNLOCK, "dev-2"));
        }
        List<JournalRow> whole = read(Kind.UNLOCK, DEVICE, null, PAGE);
        assertEquals(23, whole.size());
        for (int size : new int[] {1, 2, 7, 22, 23}) {
            assertEquals(whole, pages(DEVICE, size), "pages of " + size);
        }
        assertEquals(read(Kind.UNLOCK, null, null, PAGE), pages(null, 5));
    }

    @Test
    @DisplayName("D27 a chain is read in the order of its sequence, page by page")
    void readsAChainInOrder() {
        for (int i = 0; i < 10; i++) {
            append(unlock());
        }
        String chain = fixture().chain();
        List<JournalRow> whole = store().chain(chain, 0, PAGE);
        assertEquals(11, whole.size());
        assertTrue(whole.stream()
                .map(JournalRow::sequence)
                .toList()
                .equals(whole.stream().map(JournalRow::sequence).sorted().toList()));
        assertEquals(whole.subList(4, 7), store().chain(chain, 4, 3));
        assertEquals(List.of(), store().chain(chain, 11, PAGE));
        assertEquals(List.of(), store().chain("no-such-chain", 0, PAGE));
    }

    @Test
    @DisplayName("D28 the head of a chain is its last row")
    void namesTheHeads() {
        JournalEntry last = unlock();
        append(last);
        List<JournalRow> chain = wholeChain(fixture().chain());
        assertEquals(last, chain.get(chain.size() - 1).entry());
        assertEquals(List.of(ChainHead.of(chain.get(chain.size() - 1))), store().heads());
    }

    @Test
    @DisplayName("D29 the outbox is read oldest first")
    void readsTheOutboxOldestFirst() {
        OutboxEntry first = new OutboxEntry("z", "grant-spent", "{\"n\":1}");
        OutboxEntry second = new OutboxEntry("m", "no-approver", "{\"n\":2}");
        OutboxEntry third = new OutboxEntry("a", "grant-spent", "{\"n\":3}");
        assumeTrue(store().outbox().isPresent(), "the store keeps no outbox");
        assertEquals(List.of(), waiting());
        store().write(commit(null, first, second));
        store().write(commit(null, third));
        assertEquals(List.of(first, second, third), waiting());
        assertEquals(List.of(first, second), outbox().waiting(2));
    }

    @Test
    @DisplayName("D30 an entry is kept as it was given")
    void keepsEntriesAsGiven() {
        String body = "{\"note\":\"I\u0131\u0130i \uD83D\uDD12 ' \\\" ; -- %\\n\"}";
        JournalEntry entry =
                new JournalEntry("an-id", Kind.CHECKPOINT, Instant.parse("1999-12-31T23:59:59.999Z"), null, body);
        append(entry);
        assertEquals(entry, read(Kind.CHECKPOINT, null, null, PAGE).get(0).entry());
    }

    @Test
    @DisplayName("D31 a refused edit leaves no row")
    void keepsRefusedEditsOutOfTheJournal() {
        List<JournalRow> before = wholeChain(fixture().chain());
        store().write(edit().require(KIND, DEVICE, 99).build());
        assertEquals(before, wholeChain(fixture().chain()));
    }

    @Test
    @DisplayName("D40 the journal is read from a moment on: only rows that are older, of all or of one device")
    void readsWhatIsOlderThanAMoment() {
        Instant noon = clock.instant();
        List<String> ids = new ArrayList<>();
        for (long offset : new long[] {-1, 0, 0, 1}) {
            ids.add(appendAt(noon.plusMillis(offset)));
            append(new JournalEntry(fresh("other"), Kind.UNLOCK, noon.plusMillis(offset), "dev-2", "{}"));
        }
        JournalQuery.Position moment = JournalQuery.Position.olderThan(noon.toEpochMilli());
        assertEquals(List.of(ids.get(0)), ids(read(Kind.UNLOCK, DEVICE, moment, PAGE)));
        assertEquals(2, read(Kind.UNLOCK, null, moment, PAGE).size());
        JournalQuery.Position next = JournalQuery.Position.olderThan(noon.toEpochMilli() + 1);
        assertEquals(List.of(ids.get(2), ids.get(1), ids.get(0)), ids(read(Kind.UNLOCK, DEVICE, next, PAGE)));
        JournalQuery.Position first = JournalQuery.Position.olderThan(Long.MAX_VALUE);
        assertEquals(read(Kind.UNLOCK, null, null, PAGE), read(Kind.UNLOCK, null, first, PAGE));
    }

    private String appendAt(Instant time) {
        JournalEntry entry = new JournalEntry(fresh("at"), Kind.UNLOCK, time, DEVICE, "{}");
        append(entry);
        return entry.id();
    }

    private List<JournalRow> read(
            Kind kind, @Nullable String device, JournalQuery.@Nullable Position before, int limit) {
        return store().journal(new JournalQuery(kind, device, before, limit));
    }

    private List<JournalRow> pages(@Nullable String device, int size) {
        List<JournalRow> rows = new ArrayList<>();
        List<JournalRow> page = read(Kind.UNLOCK, device, null, size);
        while (!page.isEmpty()) {
            assertTrue(page.size() <= size, "a page of " + page.size() + " rows instead of at most " + size);
            rows.addAll(page);
            assertEquals(rows.size(), new HashSet<>(ids(rows)).size(), "a row came twice");
            page = read(Kind.UNLOCK, device, JournalQuery.Position.of(rows.get(rows.size() - 1)), size);
        }
        return rows;
    }

    private static List<String> ids(List<JournalRow> rows) {
        return rows.stream().map(row -> row.entry().id()).toList();
    }
}
