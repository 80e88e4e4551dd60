package io.panocrypt.policy.internal.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.TestClock;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JournalFollowerTest {
    private final TestClock clock = new TestClock();
    private final MemoryStore store = new MemoryStore(clock, "node-1");
    private final JournalFollower follower = new JournalFollower(store);
    private final Map<String, ChainHead> heads = new HashMap<>();
    private int number;

    /** A row on any node's chain. */
    private JournalRow append(String chain) {
        ChainHead head = heads.getOrDefault(chain, ChainHead.start(chain));
        JournalRow row = head.append(
                new JournalEntry("entry-" + number++, JournalEntry.Kind.UNLOCK, clock.instant(), "dev-1", "{}"));
        heads.put(chain, ChainHead.of(row));
        store.restore(List.of(), List.of(row));
        return row;
    }

    private List<JournalRow> read(JournalFollower.Position[] position, int limit) {
        List<JournalRow> rows = new ArrayList<>();
        Optional<JournalFollower.Batch> batch = follower.next(position[0], limit);
        while (batch.isPresent()) {
            assertTrue(batch.get().rows().size() <= limit);
            rows.addAll(batch.get().rows());
            position[0] = batch.get().end();
            batch = follower.next(position[0], limit);
        }
        return rows;
    }

    @Test
    void findsNothingInAnEmptyJournal() {
        assertEquals(Optional.empty(), follower.next(JournalFollower.Position.START, 10));
        assertEquals(JournalFollower.Position.START, follower.end());
    }

    @Test
    void beginsAtTheEndOfAllChains() {
        append("node-2");
        append("node-3");
        JournalFollower.Position[] position = {follower.end()};
        assertEquals(List.of(), read(position, 10));
        JournalRow known = append("node-2");
        JournalRow unknown = append("node-4");
        assertEquals(List.of(known, unknown), read(position, 10));
        assertEquals(List.of(), read(position, 10));
    }

    @Test
    void showsEveryRowOnceWhateverTheSizeOfItsBatches() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        JournalFollower.Position[] position = {JournalFollower.Position.START};
        Map<String, List<JournalRow>> written = new HashMap<>();
        Map<String, List<JournalRow>> seen = new HashMap<>();
        for (int turn = 0; turn < 30; turn++) {
            for (int i = random.nextInt(8); i > 0; i--) {
                JournalRow row = append("node-" + (2 + random.nextInt(3)));
                written.computeIfAbsent(row.chain(), chain -> new ArrayList<>()).add(row);
            }
            read(position, 1 + random.nextInt(4))
                    .forEach(row -> seen.computeIfAbsent(row.chain(), chain -> new ArrayList<>())
                            .add(row));
            assertEquals(written, seen, "seed " + seed);
        }
    }

    @Test
    void goesOnBehindRowsThatWereRemoved() {
        store.write(entry("one"));
        store.write(entry("two"));
        store.write(entry("three"));
        ChainHead second = ChainHead.of(store.chain("node-1", 1, 1).get(0));
        store.write(StoreWrite.of(new JournalEntry("cut", JournalEntry.Kind.AUDIT, clock.instant(), null, "{}"))
                .truncate(second)
                .build());
        JournalFollower.Batch batch =
                follower.next(JournalFollower.Position.START, 10).orElseThrow();
        assertEquals(0, batch.after());
        assertEquals(
                List.of(3L, 4L), batch.rows().stream().map(JournalRow::sequence).toList());
        assertEquals(Optional.empty(), follower.next(batch.end(), 10));
    }

    private StoreWrite entry(String id) {
        return StoreWrite.of(new JournalEntry(id, JournalEntry.Kind.UNLOCK, clock.instant(), "dev-1", "{}"))
                .build();
    }
}
