package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.JournalCut;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyEdit.Change;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.testkit.support.Parallel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules D60 to D67: truncation of a chain. */
abstract class RetentionRules extends StoreRules {
    private static final String CUT = "cut";

    RetentionRules(Opener opener) {
        super(opener);
    }

    /** Appends entries 2 to 6 to this node's chain; the setup has appended the first. */
    private void fillTheChain() {
        for (int i = 0; i < 5; i++) {
            decisions().append(unlock());
        }
    }

    private static PolicyRecord stands(String id, long version) {
        return new PolicyRecord(CUT, id, version, "{\"v\":" + version + "}", Set.of("chain:" + id), Set.of());
    }

    private JournalCut cut(ChainHead end, PolicyRecord stands) {
        return new JournalCut(end, new Change.Put(stands), entry(JournalEntry.Kind.AUDIT, null));
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
        JournalCut cut = cut(at(4), stands("c", 1));
        assertEquals(CommitResult.COMMITTED, decisions().cut(cut));
        chainBegins(cut.end());
        List<JournalRow> kept = new ArrayList<>(before.subList(4, 6));
        kept.add(ChainHead.of(before.get(5)).append(cut.entry()));
        assertEquals(kept, rows());
        assertEquals(List.of(ChainHead.of(kept.get(2))), decisions().heads());
        assertEquals(Optional.of(stands("c", 1)), policies().get(CUT, "c"));
        assertEquals(2, unlocks().size());
        assertEquals(
                List.of(kept.get(2).entry()),
                decisions().journal(new JournalQuery(JournalEntry.Kind.AUDIT, null, null, PAGE)).stream()
                        .map(JournalRow::entry)
                        .toList());
        decisions().append(unlock());
        JournalCut next = cut(ChainHead.of(kept.get(1)), stands("c", 2));
        assertEquals(CommitResult.COMMITTED, decisions().cut(next));
        chainBegins(next.end());
        assertEquals(3, rows().size());
    }

    @Test
    @DisplayName("D61 a cut is in conflict and leaves nothing where the chain has no such row")
    void cutsOnlyAtARowThatIsThere() {
        fillTheChain();
        ChainHead end = at(4);
        assertConflict(cut(new ChainHead(end.chain(), 4, "0".repeat(64)), stands("c", 1)));
        assertConflict(cut(new ChainHead(end.chain(), 5, end.hash()), stands("c", 1)));
        assertConflict(cut(new ChainHead("no-such-chain", 4, end.hash()), stands("c", 1)));
        assertConflict(cut(ChainHead.start(end.chain()), stands("c", 1)));
        assertConflict(cut(new ChainHead(end.chain(), 400, end.hash()), stands("c", 1)));
    }

    @Test
    @DisplayName("D62 a cut is in conflict and leaves nothing where it would take a chain's last row")
    void keepsTheLastRow() {
        fillTheChain();
        assertConflict(cut(at(6), stands("c", 1)));
        JournalCut most = cut(at(5), stands("c", 1));
        assertEquals(CommitResult.COMMITTED, decisions().cut(most));
        chainBegins(most.end());
        assertEquals(2, rows().size());
    }

    @Test
    @DisplayName("D63 a cut whose record is stale or taken is in conflict and leaves nothing")
    void cutsNothingWithoutItsRecord() {
        fillTheChain();
        applied(edit().put(stands("c", 1)));
        PolicyRecord other = new PolicyRecord(CUT, "d", 1, "{}", Set.of("chain:c"), Set.of());
        for (PolicyRecord impossible : List.of(stands("c", 1), stands("c", 3), other)) {
            assertConflict(cut(at(4), impossible));
        }
    }

    private void assertConflict(JournalCut cut) {
        List<JournalRow> before = rows();
        List<PolicyRecord> records = policies().scan(CUT, null, null, PAGE);
        assertEquals(CommitResult.CONFLICT, decisions().cut(cut));
        assertEquals(before, rows());
        assertEquals(records, policies().scan(CUT, null, null, PAGE));
    }

    @Test
    @DisplayName("D64 a cut repeated with its entry is made once")
    void cutsOnce() {
        fillTheChain();
        JournalCut cut = cut(at(4), stands("c", 1));
        assertEquals(CommitResult.COMMITTED, decisions().cut(cut));
        List<JournalRow> after = rows();
        assertEquals(CommitResult.COMMITTED, decisions().cut(cut));
        chainBegins(cut.end());
        assertEquals(after, rows());
        assertEquals(Optional.of(stands("c", 1)), policies().get(CUT, "c"));
    }

    @Test
    @DisplayName("D65 of concurrent cuts that replace the same version one is made, and the chain grows on meanwhile")
    void cutsUnderFire() throws Exception {
        fillTheChain();
        List<Callable<CommitResult>> tasks = new ArrayList<>();
        List<JournalCut> cuts = new ArrayList<>();
        for (int sequence = 2; sequence <= 5; sequence++) {
            JournalCut cut = cut(at(sequence), stands("c", 1));
            cuts.add(cut);
            tasks.add(() -> decisions().cut(cut));
        }
        for (int i = 0; i < 8; i++) {
            JournalEntry entry = unlock();
            tasks.add(() -> {
                decisions().append(entry);
                return CommitResult.CONFLICT;
            });
        }
        List<CommitResult> results = Parallel.run(tasks);
        assertEquals(1, Collections.frequency(results, CommitResult.COMMITTED));
        ChainHead end = cuts.get(results.indexOf(CommitResult.COMMITTED)).end();
        chainBegins(end);
        assertEquals(6 - end.sequence() + 8 + 1, rows().size());
    }

    @Test
    @DisplayName("D66 a node cuts the chain of another, and leaves the other chains as they are")
    void cutsAnotherNodesChain() throws Exception {
        fillTheChain();
        Optional<DecisionStore> other = fixture().anotherNode();
        assumeTrue(other.isPresent(), "the fixture has no second node");
        List<JournalRow> mine = rows();
        JournalCut cut = cut(at(4), stands("c", 1));
        assertEquals(CommitResult.COMMITTED, other.get().cut(cut));
        chainBegins(cut.end());
        assertEquals(mine.subList(4, 6), rows());
        assertEquals(2, decisions().heads().size());
        assertTrue(decisions().heads().stream().allMatch(head -> head.sequence() == 6 || head.sequence() == 1));
    }

    @Test
    @DisplayName("D67 what was cut stays cut when the store is opened again")
    void keepsCutsWhenOpenedAgain() throws Exception {
        fillTheChain();
        assumeTrue(fixture().reopens(), "the store lives in memory only");
        JournalCut cut = cut(at(4), stands("c", 1));
        assertEquals(CommitResult.COMMITTED, decisions().cut(cut));
        chainBegins(cut.end());
        List<JournalRow> after = rows();
        fixture().reopen();
        assertEquals(after, rows());
        assertEquals(CommitResult.COMMITTED, decisions().cut(cut));
        assertEquals(after, rows());
    }
}
