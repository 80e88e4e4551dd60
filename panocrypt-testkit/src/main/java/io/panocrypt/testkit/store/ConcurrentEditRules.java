package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.testkit.support.Parallel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules P19, P20 and P26: of conflicting concurrent edits one is applied. */
abstract class ConcurrentEditRules extends StoreRules {
    private static final int THREADS = 16;

    ConcurrentEditRules(Opener opener) {
        super(opener);
    }

    @Test
    @DisplayName("P19 of concurrent edits of one version one is applied")
    void appliesOneOfConcurrentEdits() throws Exception {
        for (long version = 2; version < 7; version++) {
            PolicyRecord next = device(DEVICE, version, TOKEN);
            Callable<WriteResult> task = () -> apply(edit().put(next));
            List<WriteResult> results = Parallel.run(Collections.nCopies(THREADS, task));
            assertEquals(1, Collections.frequency(results, new WriteResult.Written()));
            assertEquals(THREADS - 1, Collections.frequency(results, new WriteResult.Stale(KIND, DEVICE)));
        }
    }

    @Test
    @DisplayName("P20 of concurrent edits that claim one unique term one is applied")
    void givesAUniqueTermOnce() throws Exception {
        List<Callable<WriteResult>> tasks = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            PolicyRecord record = device("new-" + i, 1, "token:new");
            tasks.add(() -> apply(edit().put(record)));
        }
        List<WriteResult> results = Parallel.run(tasks);
        assertEquals(1, Collections.frequency(results, new WriteResult.Written()));
        assertEquals(THREADS - 1, Collections.frequency(results, new WriteResult.Taken(KIND, "token:new")));
        assertEquals(2, store().scan(KIND, null, null, PAGE).size());
    }

    @Test
    @DisplayName("P26 of concurrent edits that name one epoch and bump it one is applied")
    void appliesOneOfConcurrentEditsOfAnEpoch() throws Exception {
        for (int round = 0; round < 5; round++) {
            long seen = store().epoch();
            Callable<WriteResult> task = () -> apply(edit().inEpoch(seen).growEpoch(true));
            List<WriteResult> results = Parallel.run(Collections.nCopies(THREADS, task));
            assertEquals(1, Collections.frequency(results, new WriteResult.Written()));
            assertEquals(THREADS - 1, Collections.frequency(results, new WriteResult.OtherEpoch()));
        }
    }
}
