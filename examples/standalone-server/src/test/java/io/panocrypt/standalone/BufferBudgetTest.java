package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.standalone.web.BufferBudget;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BufferBudgetTest {
    private final BufferBudget budget = new BufferBudget("bytes of a test", 100);
    private final List<String> cut = new ArrayList<>();

    private BufferBudget.Lease lease(String name, long bytes) {
        BufferBudget.Lease lease = budget.lease(() -> cut.add(name));
        lease.resize(bytes);
        return lease;
    }

    @Test
    void cutsTheOldestOverTheLimit() {
        lease("first", 40);
        BufferBudget.Lease second = lease("second", 40);
        assertEquals(List.of(), cut);
        second.resize(70);
        assertEquals(List.of("first"), cut);
        lease("third", 100);
        assertEquals(List.of("first", "second"), cut);
        assertEquals(100, budget.total());
    }

    @Test
    void cutsTheOneThatIsTooLargeByItself() {
        lease("huge", 101);
        assertEquals(List.of("huge"), cut);
        assertEquals(0, budget.total());
    }

    @Test
    void countsWhatIsKeptAndCutsTheNewOneInstead() {
        BufferBudget.Lease kept = lease("kept", 80);
        kept.keep();
        lease("new", 40);
        assertEquals(List.of("new"), cut);
        kept.release();
        kept.release();
        assertEquals(0, budget.total());
        lease("newer", 100);
        assertEquals(List.of("new"), cut);
    }

    @Test
    void givesBackWhatIsReleasedOnce() {
        BufferBudget.Lease lease = lease("one", 60);
        lease.release();
        lease.release();
        lease.resize(200);
        assertEquals(0, budget.total());
        assertEquals(List.of(), cut);
    }

    @Test
    void cutsWhatIsOverdue() {
        long start = System.nanoTime();
        lease("old", 1);
        budget.cutOverdue(start, 0);
        assertEquals(List.of(), cut);
        budget.cutOverdue(System.nanoTime() + 1, 0);
        assertEquals(List.of("old"), cut);
    }
}
