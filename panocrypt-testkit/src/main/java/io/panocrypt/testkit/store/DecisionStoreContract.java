package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.testkit.support.Parallel;
import io.panocrypt.testkit.support.TestTimeout;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link DecisionStore} must do. Extend it and open your store; each test's display name begins with its rule.
 *
 * <table>
 * <caption>The rules</caption>
 * <tr><th>id</th><th>rule</th></tr>
 * <tr><td>D1, D2, D3</td><td>a snapshot holds the device, the epoch, the time in milliseconds and exactly the open grants;
 * none without such a device</td></tr>
 * <tr><td>D4</td><td>a commit spends, writes its row and its notices before it answers</td></tr>
 * <tr><td>D5, D6, D7, D8</td><td>another device version, another epoch or a grant that cannot be spent is a conflict, and
 * leaves nothing</td></tr>
 * <tr><td>D9, D10</td><td>a commit that is repeated with its id is committed once</td></tr>
 * <tr><td>D11, D12</td><td>of N concurrent commits on k uses exactly min(N, k) are committed, on one node and on
 * two</td></tr>
 * <tr><td>D13</td><td>a grant is valid while created - 2 s &lt;= now &lt; expires</td></tr>
 * <tr><td>D14, D15</td><td>a commit changes no other grant, no record and no epoch</td></tr>
 * <tr><td>D16</td><td>grants are listed by ascending id</td></tr>
 * <tr><td>D17, D18, D19</td><td>once an edit has returned, nothing is committed under the old version, the old epoch or
 * by a cancelled grant</td></tr>
 * <tr><td>D20</td><td>what was committed is there when the store is opened again</td></tr>
 * <tr><td>D21, D22, D23</td><td>entries extend this node's chain, once each, without gap or fork</td></tr>
 * <tr><td>D24, D25, D26</td><td>the journal is read newest first, filtered and in pages</td></tr>
 * <tr><td>D27, D28</td><td>chains are read in order; heads are the last rows</td></tr>
 * <tr><td>D29</td><td>the outbox is read oldest first</td></tr>
 * <tr><td>D30, D31</td><td>entries are kept as given; a refused edit leaves none</td></tr>
 * <tr><td>D32</td><td>a snapshot carries the device's requests along</td></tr>
 * <tr><td>D33</td><td>a commit spends all its grants or none</td></tr>
 * <tr><td>D34, D35</td><td>a commit makes its changes, or is in conflict and leaves nothing</td></tr>
 * <tr><td>D36</td><td>of concurrent commits that replace the same version exactly one is committed</td></tr>
 * <tr><td>D37, D38, D39</td><td>a note appends its rows and makes its changes, or is in conflict and leaves nothing; it is
 * written once, and looks at no policy</td></tr>
 * <tr><td>O1, O2, O12</td><td>commits and edits keep their outbox entries, each id once for ever</td></tr>
 * <tr><td>O3, O11, O15</td><td>an entry is leased to one node at a time, what has been due longest first</td></tr>
 * <tr><td>O4</td><td>the entries of a lane are leased in order, each after the one before is settled</td></tr>
 * <tr><td>O5, O6, O7</td><td>an entry is done, with its follow-ups; tried again; or put off</td></tr>
 * <tr><td>O8, O9</td><td>a lease that another one has taken settles nothing</td></tr>
 * <tr><td>O10</td><td>dead letters are listed, revived and dropped</td></tr>
 * <tr><td>O13, O14, O16</td><td>what is settled is purged by age; the lag is told; all of it is durable</td></tr>
 * <tr><td>D60, D61, D62, D63</td><td>a cut removes a chain's beginning and keeps what stands for it, or is in conflict and
 * leaves nothing; the last row stays</td></tr>
 * <tr><td>D64, D65, D66, D67</td><td>a cut is made once, whatever is written meanwhile, on any chain, for good</td></tr>
 * </table>
 *
 * <p>After each test every chain must verify from its first row to its head.
 */
public abstract class DecisionStoreContract extends RetentionRules {
    private static final int THREADS = 32;
    private static final int ROUNDS = 3;

    /** For subclasses. */
    protected DecisionStoreContract() {}

    @Test
    @DisplayName("D1 a snapshot holds the device, the epoch and the time to the millisecond")
    void readsASnapshot() {
        clock.advance(Duration.ofNanos(123_456));
        DecisionSnapshot snapshot = snapshot();
        assertEquals(device(DEVICE, 1, TOKEN, "site=north", "rack=7"), snapshot.device());
        assertEquals(policies().epoch(), snapshot.epoch());
        assertEquals(List.of(), snapshot.grants());
        assertEquals(snapshot.now().truncatedTo(ChronoUnit.MILLIS), snapshot.now());
        if (fixture().followsClock()) {
            assertEquals(clock.instant().truncatedTo(ChronoUnit.MILLIS), snapshot.now());
        }
    }

    @Test
    @DisplayName("D2 there is no snapshot without a device that holds the unique term")
    void findsNoSnapshotWithoutDevice() {
        applied(edit().put(new PolicyRecord("member", "m-1", 1, "{}", Set.of("token:two"), Set.of())));
        assertEquals(Optional.empty(), decisions().snapshot("token:none"));
        assertEquals(Optional.empty(), decisions().snapshot("token:two"));
        assertEquals(Optional.empty(), decisions().snapshot("site=north"));
        assertEquals(Optional.empty(), decisions().snapshot(""));
    }

    @Test
    @DisplayName("D3 a snapshot holds the device's open grants and no others")
    void holdsOpenGrantsOnly() {
        Instant now = now();
        Grant whole = grant("whole", DEVICE, 3);
        Grant future = new Grant("future", DEVICE, 1, 1, now.plusSeconds(60), now.plusSeconds(120), "{}");
        Grant over = new Grant("over", DEVICE, 1, 1, now.minusSeconds(60), now.minusMillis(1), "{}");
        open(whole, future, over, grant("spent", DEVICE, 1), grant("cancelled", DEVICE, 1), grant("alien", "dev-2", 1));
        applied(edit().cancel(new GrantScope.Single(DEVICE, "cancelled")));
        assertEquals(CommitResult.COMMITTED, decisions().commit(commit("spent")));
        assertEquals(Set.of(whole, future), Set.copyOf(snapshot().grants()));
    }

    @Test
    @DisplayName("D4 a commit spends one use, writes its row and keeps its notices, before it answers")
    void commitsAllOfIt() {
        open(grant("g", DEVICE, 3));
        OutboxEntry notice = new OutboxEntry("n", "grant-spent", "{}");
        DecisionCommit commit = commit("g", notice);
        assertEquals(CommitResult.COMMITTED, decisions().commit(commit));
        assertEquals(2, usesLeft("g"));
        assertEquals(
                List.of(commit.entry()),
                unlocks().stream().map(JournalRow::entry).toList());
        assertEquals(List.of(notice), decisions().outbox(10));
    }

    @Test
    @DisplayName("D5 a commit under another version of the device is a conflict")
    void conflictsOnAnotherDeviceVersion() {
        long epoch = policies().epoch();
        assertEquals(CommitResult.CONFLICT, decisions().commit(commit(2, epoch, null)));
        DecisionCommit stale = commit(null);
        applied(edit().put(device(DEVICE, 2, TOKEN)));
        assertEquals(CommitResult.CONFLICT, decisions().commit(stale));
        applied(edit().delete(KIND, DEVICE, 2));
        assertEquals(CommitResult.CONFLICT, decisions().commit(commit(2, epoch, null)));
        assertEquals(List.of(), unlocks());
    }

    @Test
    @DisplayName("D6 a commit under another epoch is a conflict")
    void conflictsOnAnotherEpoch() {
        DecisionCommit stale = commit(null);
        applied(edit().bumpEpoch());
        assertEquals(CommitResult.CONFLICT, decisions().commit(stale));
        assertEquals(
                CommitResult.CONFLICT, decisions().commit(commit(1, policies().epoch() + 1, null)));
        assertEquals(List.of(), unlocks());
    }

    /** Why a grant cannot be spent. */
    enum Unspendable {
        SPENT,
        EXPIRED,
        NOT_YET_VALID,
        CANCELLED,
        OF_ANOTHER_DEVICE,
        UNKNOWN
    }

    @ParameterizedTest(name = "D7 {0}")
    @DisplayName("D7 a commit that cannot spend is a conflict")
    @EnumSource
    void conflictsOnAGrantThatCannotBeSpent(Unspendable why) {
        prepare(why);
        assertEquals(CommitResult.CONFLICT, decisions().commit(commit("g")));
    }

    @ParameterizedTest(name = "D8 {0}")
    @DisplayName("D8 a conflict leaves no row, no notice and no spend")
    @EnumSource
    void leavesNothingAfterAConflict(Unspendable why) {
        prepare(why);
        open(grant("whole", DEVICE, 1));
        List<JournalRow> before = wholeChain(fixture().chain());
        OutboxEntry notice = new OutboxEntry("n", "grant-spent", "{}");
        decisions().commit(commit("g", notice));
        decisions().commit(commit(9, policies().epoch(), "whole", notice));
        decisions().commit(commit(1, policies().epoch() + 1, "whole", notice));
        assertEquals(before, wholeChain(fixture().chain()));
        assertEquals(List.of(), decisions().outbox(10));
        assertEquals(1, usesLeft("whole"));
    }

    private void prepare(Unspendable why) {
        Instant now = now();
        switch (why) {
            case SPENT -> open(new Grant("g", DEVICE, 1, 0, now, now.plusSeconds(60), "{}"));
            case EXPIRED -> open(new Grant("g", DEVICE, 1, 1, now.minusSeconds(60), now, "{}"));
            case NOT_YET_VALID -> open(new Grant("g", DEVICE, 1, 1, now.plusSeconds(60), now.plusSeconds(90), "{}"));
            case CANCELLED -> {
                open(grant("g", DEVICE, 1));
                applied(edit().cancel(new GrantScope.OfDevice(DEVICE)));
            }
            case OF_ANOTHER_DEVICE -> open(grant("g", "dev-2", 1));
            case UNKNOWN -> assertEquals(0, usesLeft("g"));
        }
    }

    @Test
    @DisplayName("D9 a commit repeated with its id is committed once, even when it fits no longer")
    void commitsARepeatedCommitOnce() {
        open(grant("g", DEVICE, 2));
        DecisionCommit commit = commit("g", new OutboxEntry("n", "grant-spent", "{}"));
        assertEquals(CommitResult.COMMITTED, decisions().commit(commit));
        assertEquals(CommitResult.COMMITTED, decisions().commit(commit));
        applied(edit().put(device(DEVICE, 2, TOKEN)).bumpEpoch());
        assertEquals(CommitResult.COMMITTED, decisions().commit(commit));
        assertEquals(1, usesLeft("g"));
        assertEquals(1, unlocks().size());
        assertEquals(1, decisions().outbox(10).size());
    }

    @Test
    @DisplayName("D10 a commit repeated at the same time is committed once")
    void commitsAConcurrentlyRepeatedCommitOnce() throws Exception {
        open(grant("g", DEVICE, THREADS));
        for (int round = 1; round <= ROUNDS; round++) {
            DecisionCommit commit = commit("g");
            Callable<CommitResult> task = () -> decisions().commit(commit);
            List<CommitResult> results = Parallel.run(Collections.nCopies(THREADS, task));
            assertEquals(Collections.nCopies(THREADS, CommitResult.COMMITTED), results);
            assertEquals(THREADS - round, usesLeft("g"));
            assertEquals(round, unlocks().size());
        }
    }

    @ParameterizedTest(name = "D11 {0} uses")
    @DisplayName("D11 of N concurrent commits on k uses exactly min(N, k) are committed")
    @ValueSource(ints = {1, 2, 7, 31, 32, 40})
    void spendsEachUseOnce(int uses) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            race("g" + round, uses, List.of(decisions()));
        }
    }

    @ParameterizedTest(name = "D12 {0} uses")
    @DisplayName("D12 of N concurrent commits on two nodes on k uses exactly min(N, k) are committed")
    @ValueSource(ints = {1, 7, 40})
    void spendsEachUseOnceOnTwoNodes(int uses) throws Exception {
        Optional<DecisionStore> other = fixture().anotherNode();
        assumeTrue(other.isPresent(), "the fixture has no second node");
        for (int round = 0; round < ROUNDS; round++) {
            race("g" + round, uses, List.of(decisions(), other.get()));
        }
        other.get().append(unlock());
        assertEquals(2, decisions().heads().size());
    }

    private void race(String grant, int uses, List<DecisionStore> nodes) throws Exception {
        open(grant(grant, DEVICE, uses));
        int before = unlocks().size();
        List<Callable<CommitResult>> tasks = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            DecisionStore node = nodes.get(thread % nodes.size());
            DecisionCommit commit = commit(grant);
            tasks.add(() -> node.commit(commit));
        }
        int committed = Collections.frequency(Parallel.run(tasks), CommitResult.COMMITTED);
        assertEquals(Math.min(THREADS, uses), committed);
        assertEquals(uses - committed, usesLeft(grant));
        assertEquals(before + committed, unlocks().size());
    }

    @ParameterizedTest(name = "D13 {0} ms after creation: {1}")
    @DisplayName("D13 a grant is valid while created - 2 s <= now < expires")
    @CsvSource({"-2001, CONFLICT", "-2000, COMMITTED", "0, COMMITTED", "4999, COMMITTED", "5000, CONFLICT"})
    void honoursTheBoundsOfAGrant(long offset, CommitResult expected) {
        assumeTrue(fixture().followsClock(), "the store has a clock of its own");
        Instant created = now();
        open(new Grant("g", DEVICE, 1, 1, created, created.plusSeconds(5), "{}"));
        clock.set(created.plusMillis(offset));
        assertEquals(expected, decisions().commit(commit("g")));
    }

    @Test
    @DisplayName("D14 a commit leaves other grants alone")
    void leavesOtherGrantsAlone() {
        Grant other = grant("other", DEVICE, 2);
        open(grant("g", DEVICE, 2), other);
        decisions().commit(commit(null));
        decisions().commit(commit("g"));
        assertEquals(1, usesLeft("g"));
        assertTrue(decisions().grants(DEVICE).contains(other));
    }

    @Test
    @DisplayName("D15 a commit changes neither the epoch nor the device's version")
    void changesNoPolicy() {
        open(grant("g", DEVICE, 2));
        long epoch = policies().epoch();
        Optional<PolicyRecord> device = policies().get(KIND, DEVICE);
        decisions().commit(commit("g"));
        decisions().append(unlock());
        assertEquals(epoch, policies().epoch());
        assertEquals(device, policies().get(KIND, DEVICE));
    }

    @Test
    @DisplayName("D16 open grants are listed by ascending id")
    void listsGrantsById() {
        open(grant("m", DEVICE, 1), grant("z", DEVICE, 1), grant("a", DEVICE, 1), grant("b", "dev-2", 1));
        assertEquals(List.of("a", "m", "z"), openGrants(DEVICE));
        assertEquals(List.of(), decisions().grants("dev-3"));
    }

    @Test
    @DisplayName("D17 once an edit of the device has returned, nothing commits under its old version")
    void commitsNothingUnderAnOldVersion() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            PolicyRecord old = snapshot().device();
            DecisionCommit model = commit(null);
            editUnderFire(edit().put(device(DEVICE, old.version() + 1, TOKEN)), model);
        }
    }

    @Test
    @DisplayName("D18 once an edit that bumps the epoch has returned, nothing commits under the old epoch")
    void commitsNothingUnderAnOldEpoch() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            editUnderFire(edit().bumpEpoch(), commit(null));
        }
    }

    @Test
    @DisplayName("D19 once an edit has cancelled a grant, nothing is spent from it")
    void spendsNothingAfterACancel() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            open(grant("g" + round, DEVICE, 1_000_000));
            editUnderFire(edit().cancel(new GrantScope.OfDevice(DEVICE)), commit("g" + round));
        }
    }

    /** Commits in a loop on several threads while the edit is applied; then no commit that began later may succeed. */
    private void editUnderFire(EditDraft edit, DecisionCommit model) throws Exception {
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
                    CommitResult result = decisions().commit(again(model));
                    firing.countDown();
                    violations += late && result == CommitResult.COMMITTED ? 1 : 0;
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

    private DecisionCommit again(DecisionCommit model) {
        JournalEntry entry = unlock();
        return new DecisionCommit(
                entry,
                model.deviceId(),
                model.deviceVersion(),
                model.epoch(),
                model.spends(),
                model.changes(),
                List.of());
    }

    @Test
    @DisplayName("D20 what was committed is there when the store is opened again")
    void keepsDecisionsWhenOpenedAgain() throws Exception {
        assumeTrue(fixture().reopens(), "the store lives in memory only");
        open(grant("g", DEVICE, 3));
        DecisionCommit commit = commit("g", new OutboxEntry("n", "grant-spent", "{}"));
        decisions().commit(commit);
        List<JournalRow> chain = wholeChain(fixture().chain());
        DecisionSnapshot before = snapshot();
        fixture().reopen();
        DecisionSnapshot after = snapshot();
        Instant now = fixture().followsClock() ? after.now() : before.now();
        assertEquals(
                before, new DecisionSnapshot(now, after.epoch(), after.device(), after.grants(), after.requests()));
        assertEquals(chain, wholeChain(fixture().chain()));
        assertEquals(1, decisions().outbox(10).size());
        assertEquals(CommitResult.COMMITTED, decisions().commit(commit));
        assertEquals(2, usesLeft("g"));
    }
}
