package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
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
        StoreWrite commit = commit("g", notice);
        written(commit);
        assertEquals(2, usesLeft("g"));
        assertEquals(commit.entries(), unlocks().stream().map(JournalRow::entry).toList());
        assertEquals(notices(notice), waiting());
    }

    @Test
    @DisplayName("D5 a commit under another version of the device is a conflict")
    void conflictsOnAnotherDeviceVersion() {
        long epoch = store().epoch();
        assertEquals(new WriteResult.Stale(KIND, DEVICE), store().write(commit(2, epoch, null)));
        StoreWrite stale = commit(null);
        applied(edit().put(device(DEVICE, 2, TOKEN)));
        assertEquals(new WriteResult.Stale(KIND, DEVICE), store().write(stale));
        applied(edit().delete(KIND, DEVICE, 2));
        assertEquals(new WriteResult.Stale(KIND, DEVICE), store().write(commit(2, epoch, null)));
        assertEquals(List.of(), unlocks());
    }

    @Test
    @DisplayName("D6 a commit under another epoch is a conflict")
    void conflictsOnAnotherEpoch() {
        StoreWrite stale = commit(null);
        applied(edit().growEpoch(true));
        assertEquals(new WriteResult.OtherEpoch(), store().write(stale));
        assertEquals(new WriteResult.OtherEpoch(), store().write(commit(1, store().epoch() + 1, null)));
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
        assertEquals(new WriteResult.NotSpendable(), store().write(commit("g")));
    }

    @ParameterizedTest(name = "D8 {0}")
    @DisplayName("D8 a conflict leaves no row, no notice and no spend")
    @EnumSource
    void leavesNothingAfterAConflict(Unspendable why) {
        prepare(why);
        open(grant("whole", DEVICE, 1));
        List<JournalRow> before = wholeChain(fixture().chain());
        OutboxEntry notice = new OutboxEntry("n", "grant-spent", "{}");
        store().write(commit("g", notice));
        store().write(commit(9, store().epoch(), "whole", notice));
        store().write(commit(1, store().epoch() + 1, "whole", notice));
        assertEquals(before, wholeChain(fixture().chain()));
        assertEquals(List.of(), waiting());
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
                applied(edit().cancel(List.of(new GrantScope.OfDevice(DEVICE))));
            }
            case OF_ANOTHER_DEVICE -> open(grant("g", "dev-2", 1));
            case UNKNOWN -> assertEquals(0, usesLeft("g"));
        }
    }

    @Test
    @DisplayName("D9 a commit repeated with its id is committed once, even when it fits no longer")
    void commitsARepeatedCommitOnce() {
        open(grant("g", DEVICE, 2));
        StoreWrite commit = commit("g", new OutboxEntry("n", "grant-spent", "{}"));
        written(commit);
        written(commit);
        applied(edit().put(device(DEVICE, 2, TOKEN)).growEpoch(true));
        written(commit);
        assertEquals(1, usesLeft("g"));
        assertEquals(1, unlocks().size());
        assertEquals(notices(new OutboxEntry("n", "grant-spent", "{}")), waiting());
    }

    @ParameterizedTest(name = "D13 {0} ms after creation: {1}")
    @DisplayName("D13 a grant is valid while created - 2 s <= now < expires")
    @CsvSource({"-2001, false", "-2000, true", "0, true", "4999, true", "5000, false"})
    void honoursTheBoundsOfAGrant(long offset, boolean valid) {
        assumeTrue(fixture().followsClock(), "the store has a clock of its own");
        Instant created = now();
        open(new Grant("g", DEVICE, 1, 1, created, created.plusSeconds(5), "{}"));
        clock.set(created.plusMillis(offset));
        assertEquals(valid ? new WriteResult.Written() : new WriteResult.NotSpendable(), store().write(commit("g")));
    }

    @Test
    @DisplayName("D14 a commit leaves other grants alone")
    void leavesOtherGrantsAlone() {
        Grant other = grant("other", DEVICE, 2);
        open(grant("g", DEVICE, 2), other);
        store().write(commit(null));
        store().write(commit("g"));
        assertEquals(1, usesLeft("g"));
        assertTrue(store().grants(DEVICE).contains(other));
    }

    @Test
    @DisplayName("D15 a commit changes neither the epoch nor the device's version")
    void changesNoPolicy() {
        open(grant("g", DEVICE, 2));
        long epoch = store().epoch();
        Optional<PolicyRecord> device = store().get(KIND, DEVICE);
        store().write(commit("g"));
        append(unlock());
        assertEquals(epoch, store().epoch());
        assertEquals(device, store().get(KIND, DEVICE));
    }

    @Test
    @DisplayName("D20 what was committed is there when the store is opened again")
    void keepsDecisionsWhenOpenedAgain() throws Exception {
        assumeTrue(fixture().reopens(), "the store lives in memory only");
        open(grant("g", DEVICE, 3));
        StoreWrite commit = commit("g", new OutboxEntry("n", "grant-spent", "{}"));
        store().write(commit);
        List<JournalRow> chain = wholeChain(fixture().chain());
        DecisionSnapshot before = snapshot();
        fixture().reopen();
        DecisionSnapshot after = snapshot();
        Instant now = fixture().followsClock() ? after.now() : before.now();
        assertEquals(
                before, new DecisionSnapshot(now, after.epoch(), after.device(), after.grants(), after.requests()));
        assertEquals(chain, wholeChain(fixture().chain()));
        assertEquals(notices(new OutboxEntry("n", "grant-spent", "{}")), waiting());
        written(commit);
        assertEquals(2, usesLeft("g"));
    }
}
