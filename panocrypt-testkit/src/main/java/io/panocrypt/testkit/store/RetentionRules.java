package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.testkit.support.Parallel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules D60 to D67: truncation of a chain. */
abstract class RetentionRules extends StoreRules {
    private static final String CUT = "cut";

    RetentionRules(Opener opener) {
        super(opener);
    }

    @BeforeEach
    final void askWhetherItTruncates() {
        assumeTrue(store().truncates(), "the store does not truncate chains");
    }

    /** Appends entries 2 to 6 to this node's chain; the setup has appended the first. */
    private void fillTheChain() {
        for (int i = 0; i < 5; i++) {
            append(unlock());
        }
    }

    private static PolicyRecord stands(String id, long version) {
        return new PolicyRecord(CUT, id, version, "{\"v\":" + version + "}", Set.of("chain:" + id), Set.of());
    }

    private StoreWrite cut(ChainHead end, PolicyRecord stands) {
        return StoreWrite.of(entry(JournalEntry.Kind.AUDIT, null))
                .put(stands)
                .truncate(end)
                .build();
    }

    private ChainHead begins(StoreWrite cut) {
        ChainHead end = Objects.requireNonNull(cut.truncation());
        chainBegins(end);
        return end;
    }

    private List<JournalRow> rows() {
        return wholeChain(fixture().chain());
    }

    private ChainHead at(int sequence) {
        return ChainHead.of(rows().get(sequence - 1));
    }

    @Test
    @DisplayName("D60 a cut removes the rows up to its end, keeps its record and appends its entry")
    void removesTheBeginning() {
        fillTheChain();
        List<JournalRow> before = rows();
        StoreWrite cut = cut(at(4), stands("c", 1));
        written(cut);
        begins(cut);
        List<JournalRow> kept = new ArrayList<>(before.subList(4, 6));
        kept.add(ChainHead.of(before.get(5)).append(cut.entries().get(0)));
        assertEquals(kept, rows());
        assertEquals(List.of(ChainHead.of(kept.get(2))), store().heads());
        assertEquals(Optional.of(stands("c", 1)), store().get(CUT, "c"));
        assertEquals(2, unlocks().size());
        assertEquals(
                List.of(kept.get(2).entry()),
                store().journal(new JournalQuery(JournalEntry.Kind.AUDIT, null, null, PAGE)).stream()
                        .map(JournalRow::entry)
                        .toList());
        append(unlock());
        StoreWrite next = cut(ChainHead.of(kept.get(1)), stands("c", 2));
        written(next);
        begins(next);
        assertEquals(3, rows().size());
    }

    @Test
    @DisplayName("D61 a cut is in conflict and leaves nothing where the chain has no such row")
    void cutsOnlyAtARowThatIsThere() {
        fillTheChain();
        ChainHead end = at(4);
        assertRefused(
                new WriteResult.NotTruncatable(), cut(new ChainHead(end.chain(), 4, "0".repeat(64)), stands("c", 1)));
        assertRefused(new WriteResult.NotTruncatable(), cut(new ChainHead(end.chain(), 5, end.hash()), stands("c", 1)));
        assertRefused(
                new WriteResult.NotTruncatable(), cut(new ChainHead("no-such-chain", 4, end.hash()), stands("c", 1)));
        assertRefused(new WriteResult.NotTruncatable(), cut(ChainHead.start(end.chain()), stands("c", 1)));
        assertRefused(
                new WriteResult.NotTruncatable(), cut(new ChainHead(end.chain(), 400, end.hash()), stands("c", 1)));
    }

    @Test
    @DisplayName("D62 a cut is in conflict and leaves nothing where it would take a chain's last row")
    void keepsTheLastRow() {
        fillTheChain();
        assertRefused(new WriteResult.NotTruncatable(), cut(at(6), stands("c", 1)));
        StoreWrite most = cut(at(5), stands("c", 1));
        written(most);
        begins(most);
        assertEquals(2, rows().size());
    }

    @Test
    @DisplayName("D63 a cut whose record is stale or taken is in conflict and leaves nothing")
    void cutsNothingWithoutItsRecord() {
        fillTheChain();
        applied(edit().put(stands("c", 1)));
        PolicyRecord other = new PolicyRecord(CUT, "d", 1, "{}", Set.of("chain:c"), Set.of());
        assertRefused(new WriteResult.Stale(CUT, "c"), cut(at(4), stands("c", 1)));
        assertRefused(new WriteResult.Stale(CUT, "c"), cut(at(4), stands("c", 3)));
        assertRefused(new WriteResult.Taken(CUT, "chain:c"), cut(at(4), other));
    }

    private void assertRefused(WriteResult why, StoreWrite cut) {
        List<JournalRow> before = rows();
        List<PolicyRecord> records = store().scan(CUT, null, null, PAGE);
        assertEquals(why, store().write(cut));
        assertEquals(before, rows());
        assertEquals(records, store().scan(CUT, null, null, PAGE));
    }

    @Test
    @DisplayName("D64 a cut repeated with its entry is made once")
    void cutsOnce() {
        fillTheChain();
        StoreWrite cut = cut(at(4), stands("c", 1));
        written(cut);
        List<JournalRow> after = rows();
        written(cut);
        begins(cut);
        assertEquals(after, rows());
        assertEquals(Optional.of(stands("c", 1)), store().get(CUT, "c"));
    }

    @Test
    @DisplayName("D65 of concurrent cuts that replace the same version one is made, and the chain grows on meanwhile")
    void cutsUnderFire() throws Exception {
        fillTheChain();
        List<Callable<WriteResult>> tasks = new ArrayList<>();
        List<StoreWrite> cuts = new ArrayList<>();
        for (int sequence = 2; sequence <= 5; sequence++) {
            StoreWrite cut = cut(at(sequence), stands("c", 1));
            cuts.add(cut);
            tasks.add(() -> store().write(cut));
        }
        for (int i = 0; i < 8; i++) {
            JournalEntry entry = unlock();
            tasks.add(() -> append(entry));
        }
        List<WriteResult> results = Parallel.run(tasks).subList(0, cuts.size());
        assertEquals(1, Collections.frequency(results, new WriteResult.Written()));
        ChainHead end = begins(cuts.get(results.indexOf(new WriteResult.Written())));
        assertEquals(6 - end.sequence() + 8 + 1, rows().size());
    }

    @Test
    @DisplayName("D66 a node cuts the chain of another, and leaves the other chains as they are")
    void cutsAnotherNodesChain() throws Exception {
        fillTheChain();
        Optional<Store> other = fixture().anotherNode();
        assumeTrue(other.isPresent(), "the fixture has no second node");
        List<JournalRow> mine = rows();
        StoreWrite cut = cut(at(4), stands("c", 1));
        assertEquals(new WriteResult.Written(), other.get().write(cut));
        begins(cut);
        assertEquals(mine.subList(4, 6), rows());
        assertEquals(2, store().heads().size());
        assertTrue(store().heads().stream().allMatch(head -> head.sequence() == 6 || head.sequence() == 1));
    }

    @Test
    @DisplayName("D67 what was cut stays cut when the store is opened again")
    void keepsCutsWhenOpenedAgain() throws Exception {
        fillTheChain();
        assumeTrue(fixture().reopens(), "the store lives in memory only");
        StoreWrite cut = cut(at(4), stands("c", 1));
        written(cut);
        begins(cut);
        List<JournalRow> after = rows();
        fixture().reopen();
        assertEquals(after, rows());
        written(cut);
        assertEquals(after, rows());
    }
}
