package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Spend;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.testkit.support.Parallel;
import io.panocrypt.testkit.support.TestTimeout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules D10 to D12 and D17 to D19: commits that run concurrently with other commits and with edits. */
abstract class ConcurrentCommitRules extends StoreRules {
    private static final int THREADS = 32;
    private static final int ROUNDS = 3;

    ConcurrentCommitRules(Opener opener) {
        super(opener);
    }

    @Test
    @DisplayName("D10 a commit repeated at the same time is committed once")
    void commitsAConcurrentlyRepeatedCommitOnce() throws Exception {
        open(grant("g", DEVICE, THREADS));
        for (int round = 1; round <= ROUNDS; round++) {
            StoreWrite commit = commit("g");
            Callable<WriteResult> task = () -> store().write(commit);
            List<WriteResult> results = Parallel.run(Collections.nCopies(THREADS, task));
            assertEquals(Collections.nCopies(THREADS, new WriteResult.Written()), results);
            assertEquals(THREADS - round, usesLeft("g"));
            assertEquals(round, unlocks().size());
        }
    }

    @ParameterizedTest(name = "D11 {0} uses")
    @DisplayName("D11 of N concurrent commits on k uses exactly min(N, k) are committed")
    @ValueSource(ints = {1, 2, 7, 31, 32, 40})
    void spendsEachUseOnce(int uses) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            race("g" + round, uses, List.of(store()));
        }
    }

    @ParameterizedTest(name = "D12 {0} uses")
    @DisplayName("D12 of N concurrent commits on two nodes on k uses exactly min(N, k) are committed")
    @ValueSource(ints = {1, 7, 40})
    void spendsEachUseOnceOnTwoNodes(int uses) throws Exception {
        Optional<Store> other = fixture().anotherNode();
        assumeTrue(other.isPresent(), "the fixture has no second node");
        for (int round = 0; round < ROUNDS; round++) {
            race("g" + round, uses, List.of(store(), other.get()));
        }
        other.get().write(StoreWrite.of(unlock()).build());
        assertEquals(2, store().heads().size());
    }

    private void race(String grant, int uses, List<Store> nodes) throws Exception {
        open(grant(grant, DEVICE, uses));
        int before = unlocks().size();
        List<Callable<WriteResult>> tasks = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            Store node = nodes.get(thread % nodes.size());
            StoreWrite commit = commit(grant);
            tasks.add(() -> node.write(commit));
        }
        int committed = Collections.frequency(Parallel.run(tasks), new WriteResult.Written());
        assertEquals(Math.min(THREADS, uses), committed);
        assertEquals(uses - committed, usesLeft(grant));
        assertEquals(before + committed, unlocks().size());
    }

    @Test
    @DisplayName("D17 once an edit of the device has returned, nothing commits under its old version")
    void commitsNothingUnderAnOldVersion() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            PolicyRecord old = snapshot().device();
            StoreWrite model = commit(null);
            editUnderFire(edit().put(device(DEVICE, old.version() + 1, TOKEN)), model);
        }
    }

    @Test
    @DisplayName("D18 once an edit that bumps the epoch has returned, nothing commits under the old epoch")
    void commitsNothingUnderAnOldEpoch() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            editUnderFire(edit().growEpoch(true), commit(null));
        }
    }

    @Test
    @DisplayName("D19 once an edit has cancelled a grant, nothing is spent from it")
    void spendsNothingAfterACancel() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            open(grant("g" + round, DEVICE, 1_000_000));
            editUnderFire(edit().cancel(List.of(new GrantScope.OfDevice(DEVICE))), commit("g" + round));
        }
    }

    /**
     * Commits in a loop on several threads while the edit is applied. No commit that began after the edit may succeed.
     */
    private void editUnderFire(StoreWrite.Builder edit, StoreWrite model) throws Exception {
        AtomicBoolean edited = new AtomicBoolean();
        CountDownLatch firing = new CountDownLatch(4);
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            tasks.add(() -> {
                int violations = 0;
                int after = 0;
                while (after < 5) {
                    boolean late = edited.get();
                    after += late ? 1 : 0;
                    WriteResult result = store().write(again(model));
                    firing.countDown();
                    violations += late && result.isWritten() ? 1 : 0;
                }
                return violations;
            });
        }
        tasks.add(() -> {
            assertTrue(firing.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "no commit returned");
            applied(edit);
            edited.set(true);
            return 0;
        });
        assertEquals(Collections.nCopies(tasks.size(), 0), Parallel.run(tasks), "commits after the edit had returned");
    }

    private StoreWrite again(StoreWrite model) {
        return StoreWrite.of(unlock())
                .inEpoch(model.epoch())
                .change(model.changes())
                .spend(DEVICE, model.spends().stream().map(Spend::grantId).toList())
                .build();
    }
}
