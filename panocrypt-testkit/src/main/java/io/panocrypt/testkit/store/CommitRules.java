package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules D4 to D9, D13 to D15 and D20: one commit at a time. */
abstract class CommitRules extends StoreRules {
    CommitRules(Opener opener) {
        super(opener);
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

    /** Reasons why a grant cannot be spent. */
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
