package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.WriteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules B1 to B4: what a backup holds is written as it is. */
abstract class RestoreRules extends StoreRules {
    private static final String RESTORED = "restored";
    private static final String OTHER_CHAIN = "node-of-before";
    private static final ChainHead BEGINNING = new ChainHead(OTHER_CHAIN, 40, "ab".repeat(32));

    RestoreRules(Opener opener) {
        super(opener);
    }

    @BeforeEach
    final void askWhetherItRestores() {
        assumeTrue(store().restores(), "the store cannot be restored into");
    }

    private static PolicyRecord record(long version, String uniqueTerm, String term) {
        return new PolicyRecord(
                KIND, RESTORED, version, "{\"v\":" + version + "}", Set.of(uniqueTerm), Set.of(term, "all"));
    }

    /** Rows that follow each other after that head. */
    private List<JournalRow> rows(ChainHead after, int number) {
        List<JournalRow> rows = new ArrayList<>();
        ChainHead head = after;
        for (int i = 0; i < number; i++) {
            rows.add(head.append(unlock()));
            head = ChainHead.of(rows.get(i));
        }
        return rows;
    }

    private void restoreRecords(PolicyRecord... records) {
        store().restore(List.of(records), List.of());
    }

    private void restoreRows(List<JournalRow> rows) {
        store().restore(List.of(), rows);
    }

    @Test
    @DisplayName("B1 a restored record is found as it was, whatever its version, and edits go on from that")
    void restoresRecords() {
        PolicyRecord record = record(7, "token:seven", "tag:seven");
        restoreRecords(record);
        assertEquals(Optional.of(record), store().get(KIND, RESTORED));
        assertEquals(Optional.of(record), store().find(KIND, "token:seven"));
        assertEquals(List.of(record), store().scan(KIND, "tag:seven", null, PAGE));
        assertEquals(new WriteResult.Stale(KIND, RESTORED), apply(edit().put(record(1, "token:seven", "tag:seven"))));
        assertEquals(new WriteResult.Taken(KIND, "token:seven"), apply(edit().put(device("dev-2", 1, "token:seven"))));
        PolicyRecord next = record(8, "token:eight", "tag:eight");
        applied(edit().put(next));
        assertEquals(Optional.of(next), store().find(KIND, "token:eight"));
        assertEquals(Optional.empty(), store().find(KIND, "token:seven"));
    }

    @Test
    @DisplayName(
            "B2 restored rows are read as they were, wherever their chain begins, and the node's own chain goes on")
    void restoresRows() {
        List<JournalRow> others = rows(BEGINNING, 25);
        chainBegins(BEGINNING);
        restoreRows(others.subList(0, 10));
        restoreRows(others.subList(10, 25));
        assertEquals(others, store().chain(OTHER_CHAIN, 0, PAGE));
        assertEquals(others.subList(5, 7), store().chain(OTHER_CHAIN, 45, 2));
        assertTrue(store().heads().contains(ChainHead.of(others.get(24))));
        List<JournalRow> ofDevice = store().journal(new JournalQuery(JournalEntry.Kind.UNLOCK, DEVICE, null, PAGE));
        assertEquals(Set.copyOf(others), Set.copyOf(ofDevice));
        ChainHead own = ChainHead.of(wholeChain(fixture().chain()).get(0));
        List<JournalRow> mine = rows(own, 3);
        restoreRows(mine);
        JournalEntry next = unlock();
        append(next);
        assertEquals(
                ChainHead.of(mine.get(2)).append(next),
                store().chain(fixture().chain(), 4, PAGE).get(0));
        assertTrue(store().heads().contains(ChainHead.of(others.get(24))));
    }

    @Test
    @DisplayName(
            "B3 a restore that is repeated completes what is missing and replaces records, and nothing comes twice")
    void canBeRepeated() {
        List<JournalRow> others = rows(BEGINNING, 12);
        chainBegins(BEGINNING);
        restoreRows(others.subList(0, 5));
        restoreRows(others);
        restoreRows(others);
        assertEquals(others, store().chain(OTHER_CHAIN, 0, PAGE));
        restoreRecords(record(3, "token:three", "tag:three"), record(3, "token:three", "tag:three"));
        PolicyRecord right = record(2, "token:two", "tag:two");
        restoreRecords(right);
        restoreRecords(right);
        assertEquals(Optional.of(right), store().get(KIND, RESTORED));
        assertEquals(List.of(right), store().scan(KIND, "all", null, PAGE));
        assertEquals(List.of(), store().scan(KIND, "tag:three", null, PAGE));
        assertEquals(Optional.empty(), store().find(KIND, "token:three"));
    }

    @Test
    @DisplayName("B4 what was restored is there when the store is opened again")
    void keepsWhatWasRestored() throws Exception {
        assumeTrue(fixture().reopens(), "the store lives in memory only");
        List<JournalRow> others = rows(BEGINNING, 3);
        chainBegins(BEGINNING);
        PolicyRecord record = record(7, "token:seven", "tag:seven");
        store().restore(List.of(record), others);
        fixture().reopen();
        assertEquals(Optional.of(record), store().get(KIND, RESTORED));
        assertEquals(others, store().chain(OTHER_CHAIN, 0, PAGE));
    }
}
