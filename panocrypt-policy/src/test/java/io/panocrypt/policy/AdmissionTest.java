package io.panocrypt.policy;

import static io.panocrypt.policy.House.AWAY;
import static io.panocrypt.policy.House.HOME;
import static io.panocrypt.policy.House.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockRecord;
import io.panocrypt.policy.spi.CommitResult;
import io.panocrypt.policy.spi.DecisionCommit;
import io.panocrypt.policy.spi.JournalEntry;
import io.panocrypt.policy.spi.PolicyEdit;
import io.panocrypt.policy.spi.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
    private static final UnlockResult LIMITED = new UnlockResult.Limited();

    private final House house = new House();
    private final Device device = house.device("web-1");

    @AfterEach
    void close() {
        house.close();
    }

    private List<UnlockResult> loop(String source, int attempts, Duration pause) {
        List<UnlockResult> results = new ArrayList<>();
        for (int i = 0; i < attempts; i++) {
            results.add(house.unlock(device, source));
            house.clock.advance(pause);
        }
        return results;
    }

    /** Asks at one moment until it is too much. */
    private void exhaust(String source) {
        int asked = 1;
        while (!house.unlock(device, source).equals(LIMITED)) {
            assertTrue(asked++ < 20_000, "is never limited");
        }
    }

    private static long limited(List<UnlockResult> results) {
        return results.stream().filter(LIMITED::equals).count();
    }

    private List<Integer> counts(Reason reason) {
        return house.history(device).stream()
                .filter(row -> row.reason() == reason)
                .map(UnlockRecord::count)
                .toList();
    }

    private int sum() {
        return house.history(device).stream().mapToInt(UnlockRecord::count).sum();
    }

    /** As many rows as the journal really holds, whatever is counted beside them. */
    private long written() {
        return house.memory.chain("node-1", 0, 1000).stream()
                .filter(row -> row.entry().kind() == JournalEntry.Kind.UNLOCK)
                .count();
    }

    private void disable() {
        house.service.devices().disable(OPERATOR, device.id());
    }

    /** A device that an approver decides about; the approver. */
    private Member needApproval() {
        var alice = house.service
                .members()
                .create(OPERATOR, new MemberChange("alice", Role.APPROVER, null), null)
                .member();
        house.service
                .approvalGroups()
                .create(OPERATOR, new ApprovalGroups.Change("ops", Set.of("prod"), Set.of(alice.id()), 1));
        house.service
                .devices()
                .edit(OPERATOR, device.id(), 1, DeviceChange.none().withTags("prod"), false);
        return alice;
    }

    private ApprovalRequest request() {
        return house.service.approvals().list(null, null, 10).items().get(0);
    }

    @Nested
    class Limits {
        @Test
        void leaveAHostAloneThatAsksSeventyFiveTimesAMinuteForThreeHours() {
            Duration pause = Duration.ofMillis(800);
            int attempts = 75 * 180;
            assertEquals(0, limited(loop(AWAY, attempts, pause)), "refused");
            disable();
            assertEquals(0, limited(loop(HOME, attempts, pause)), "disabled");
            assertEquals(0, house.service.admission().limited());
        }

        @Test
        void leaveAllVolumesOfAHostAlone() {
            Device many = house.service
                    .devices()
                    .create(OPERATOR, House.wanted("many").withVolumes(32));
            for (int i = 0; i < 60; i++) {
                for (int volume = 0; volume < 32; volume++) {
                    assertEquals(new UnlockResult.Refused(Reason.SOURCE_NOT_ALLOWED), house.unlock(many, AWAY));
                }
                house.clock.advance(Duration.ofMillis(500));
            }
        }

        @Test
        void stopAThiefWhoAsksHundredTimesASecondAndNotTheOwner() {
            List<UnlockResult> thief = new ArrayList<>();
            for (int i = 0; i < 12_000; i++) {
                thief.add(house.unlock(device, AWAY));
                if (i % 80 == 0) {
                    assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
                }
                house.clock.advance(Duration.ofMillis(10));
            }
            assertTrue(limited(thief) > 3_000, limited(thief) + " of 12000");
            assertEquals(limited(thief), house.service.admission().limited());
        }

        @Test
        void stopAnAdmittedSourceToo() {
            disable();
            assertEquals(999, limited(loop(HOME, 11_000, Duration.ZERO)));
        }

        @Test
        void spareTheStoreAllWrites() {
            exhaust(AWAY);
            long before = written();
            assertEquals(1_000, limited(loop(AWAY, 1_000, Duration.ZERO)));
            assertEquals(before, written());
        }

        @Test
        void leaveAnAttemptAloneThatAGrantFits() {
            exhaust(AWAY);
            house.service
                    .allowances()
                    .grant(
                            OPERATOR,
                            device.id(),
                            AllowanceRequest.defaults().withSource(AWAY).withSkips(AllowanceSkip.SOURCE));
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, AWAY));
            assertEquals(LIMITED, house.unlock(device, AWAY));
        }

        @Test
        void spendNothing() {
            house.service
                    .allowances()
                    .grant(OPERATOR, device.id(), AllowanceRequest.defaults().withSource("192.0.2.99"));
            exhaust(AWAY);
            assertEquals(1, house.service.allowances().open(device.id()).get(0).usesLeft());
        }

        @Test
        void leaveAnAttemptAloneThatAnApprovalFits() {
            Member alice = needApproval();
            exhaust(HOME);
            house.service.approvals().approve(alice, request().id(), "", List.of());
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
            assertEquals(LIMITED, house.unlock(device, HOME));
        }

        @Test
        void neverTellAnUnknownKeyOrARevokedDeviceApart() {
            exhaust(AWAY);
            assertEquals(
                    new UnlockResult.NotFound(),
                    house.service.unlock(House.attempt(device.token(), "a".repeat(43), AWAY)));
            house.service.devices().revoke(OPERATOR, device.id(), "web-1");
            assertEquals(new UnlockResult.NotFound(), house.unlock(device, AWAY));
            assertEquals(1, house.service.admission().limited());
            assertEquals(List.of(1), counts(Reason.UNKNOWN_KEY));
            assertEquals(List.of(1), counts(Reason.REVOKED));
        }

        @Test
        void areInTheHistoryWithTheirNumber() {
            long limited = limited(loop(AWAY, 8_000, Duration.ZERO));
            assertEquals(List.of((int) limited), counts(Reason.RATE_LIMITED));
            assertEquals(8_000, sum());
            long before = written();
            house.service.history().flush();
            assertEquals(before + 2, written(), "those that were turned away, and those before them");
            UnlockRecord row = house.history(device).stream()
                    .filter(found -> found.reason() == Reason.RATE_LIMITED)
                    .findFirst()
                    .orElseThrow();
            assertEquals(Outcome.DENIED, row.outcome());
            assertEquals(House.address(AWAY), row.source());
            assertEquals(limited, row.count());
        }
    }

    @Nested
    class UnknownTokens {
        @Test
        void areCountedAndNotStored() {
            long rows = house.memory.chain("node-1", 0, 1000).size();
            for (int i = 0; i < 5; i++) {
                house.service.unlock(House.attempt("a".repeat(26), House.kid(device), HOME));
            }
            house.service.history().flush();
            assertEquals(5, house.service.admission().unknownTokens());
            assertEquals(rows, house.memory.chain("node-1", 0, 1000).size());
        }
    }

    @Nested
    class Folding {
        @Test
        void writesOneRowForManyEqualRefusals() {
            loop(AWAY, 60, Duration.ofMillis(500));
            assertEquals(1, written());
            assertEquals(List.of(59, 1), counts(Reason.SOURCE_NOT_ALLOWED));
            house.clock.advance(Duration.ofMinutes(1));
            house.service.history().flush();
            assertEquals(2, written());
            assertEquals(List.of(59, 1), counts(Reason.SOURCE_NOT_ALLOWED));
            assertTrue(house.service.history().verify().intact());
        }

        @Test
        void writesOneFirstRowHoweverManyAskAtOnce() throws Exception {
            ExecutorService threads = Executors.newFixedThreadPool(16);
            List<Future<UnlockResult>> running = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                UnlockAttempt attempt = House.attempt(device, AWAY);
                Callable<UnlockResult> task = () -> house.service.unlock(attempt);
                running.add(threads.submit(task));
            }
            for (Future<UnlockResult> one : running) {
                assertEquals(new UnlockResult.Refused(Reason.SOURCE_NOT_ALLOWED), one.get());
            }
            threads.shutdown();
            assertEquals(1, written());
            assertEquals(200, sum());
        }

        @Test
        void neverFoldsAnswers() {
            loop(HOME, 20, Duration.ofMillis(500));
            assertEquals(20, written());
        }

        @Test
        void writesWhatWasCountedBeforeAnAnswer() {
            disable();
            loop(HOME, 10, Duration.ofMillis(500));
            house.service.devices().enable(OPERATOR, device.id());
            house.unlock(device, HOME);
            house.clock.advance(Duration.ofMillis(500));
            disable();
            loop(HOME, 5, Duration.ofMillis(500));
            house.service.history().flush();
            List<String> told = house.history(device).stream()
                    .map(row -> row.reason().wireName() + " " + row.count())
                    .toList();
            assertEquals(List.of("disabled 4", "disabled 1", "allowed 1", "disabled 9", "disabled 1"), told);
        }

        @Test
        void writesEverythingWhenTheServiceCloses() {
            try (Panocrypt other = house.open(house.memory, house.custody)) {
                for (int i = 0; i < 7; i++) {
                    other.unlock(House.attempt(device, AWAY));
                }
                assertEquals(1, sum(), "the other node has told nobody yet");
            }
            assertEquals(2, written());
            assertEquals(7, sum());
        }

        @Test
        void writesTheFirstRowAgainWhereItsDecisionWasOutrun() {
            AtomicInteger commits = new AtomicInteger();
            ForwardingStore store = new ForwardingStore(house.memory) {
                @Override
                public CommitResult commit(DecisionCommit commit) {
                    return commits.getAndIncrement() == 0 ? CommitResult.CONFLICT : super.commit(commit);
                }
            };
            try (Panocrypt node = house.open(store, house.custody)) {
                assertInstanceOf(UnlockResult.Refused.class, node.unlock(House.attempt(device, AWAY)));
            }
            assertEquals(1, written());
            assertEquals(1, sum());
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void losesNoCountWhereTheStoreFailsForAWhile(boolean applied) {
            FailingNotes store = new FailingNotes(applied);
            try (Panocrypt node = house.open(store, house.custody)) {
                for (int round = 0; round < 12; round++) {
                    for (int i = 0; i < 9; i++) {
                        node.unlock(House.attempt(device, AWAY));
                    }
                    house.clock.advance(Duration.ofMinutes(1));
                    store.fails = round % 3 == 1;
                    if (store.fails) {
                        assertThrows(StoreException.class, () -> node.history().flush());
                    } else {
                        node.history().flush();
                    }
                    store.fails = false;
                    int counted = node.history().unlocks(null, null, 100).items().stream()
                            .mapToInt(UnlockRecord::count)
                            .sum();
                    assertEquals(9 * (round + 1), counted, "round " + round);
                }
            }
            assertEquals(9 * 12, sum());
        }

        @Test
        void showsWhatIsCountedOnTheFirstPageOnly() {
            for (int i = 0; i < 6; i++) {
                house.unlock(device, "192.0.2." + i);
                house.unlock(device, "192.0.2." + i);
                house.clock.advance(Duration.ofMillis(1));
            }
            List<UnlockRecord> seen = new ArrayList<>();
            String cursor = null;
            do {
                Page<UnlockRecord> page = house.service.history().unlocks(device.id(), cursor, 4);
                assertTrue(page.items().size() <= 4);
                seen.addAll(page.items());
                cursor = page.nextCursor().orElse(null);
            } while (cursor != null);
            assertEquals(2, seen.stream().filter(row -> row.hash().isEmpty()).count());
            assertEquals(6, seen.stream().filter(row -> !row.hash().isEmpty()).count());
            assertEquals(House.address("192.0.2.5"), seen.get(0).source());
        }
    }

    /** A store that fails to write notes, or to say that it has. */
    private final class FailingNotes extends ForwardingStore {
        private final boolean applied;
        private boolean fails;

        FailingNotes(boolean applied) {
            super(house.memory);
            this.applied = applied;
        }

        @Override
        public CommitResult note(List<JournalEntry> entries, List<PolicyEdit.Change> changes) {
            if (fails && !applied) {
                throw new StoreException("no connection");
            }
            CommitResult result = super.note(entries, changes);
            if (fails) {
                throw new StoreException("connection lost");
            }
            return result;
        }
    }

    @Nested
    class ANodeThatDies {
        /** A node that has counted so many, flushed, counted more, and died. */
        private void die(int counted, int more) {
            Panocrypt node = house.open(house.memory, house.custody);
            for (int i = 0; i < counted; i++) {
                node.unlock(House.attempt(device, AWAY));
            }
            node.history().flush();
            for (int i = 0; i < more; i++) {
                node.unlock(House.attempt(device, AWAY));
            }
        }

        @Test
        void losesNoMoreThanItHasCountedSinceItsLastFlush() {
            die(10, 5);
            assertEquals(1, written());
            assertEquals(10, sum(), "seen by others at once");
            house.clock.advance(Leftovers.ABANDONED.minusMillis(1));
            house.service.history().flush();
            assertEquals(1, written(), "it may come back");
            house.clock.advance(Duration.ofMillis(1));
            house.service.history().flush();
            assertEquals(2, written());
            assertEquals(10, sum());
            house.service.history().flush();
            assertEquals(2, written());
            assertEquals(List.of(), house.memory.scan(Records.TALLY, null, null, 10));
        }

        @Test
        void isSucceededByOneOtherOnly() throws Exception {
            die(10, 0);
            house.clock.advance(Leftovers.ABANDONED);
            try (Panocrypt other = house.open(house.memory, house.custody)) {
                ExecutorService threads = Executors.newFixedThreadPool(2);
                Future<?> one = threads.submit(() -> other.history().flush());
                Future<?> two = threads.submit(() -> house.service.history().flush());
                one.get();
                two.get();
                threads.shutdown();
            }
            assertEquals(10, sum());
        }

        @Test
        void goesOnWhereItWasOnlyAsleep() {
            try (Panocrypt sleeper = house.open(house.memory, house.custody)) {
                for (int i = 0; i < 10; i++) {
                    sleeper.unlock(House.attempt(device, AWAY));
                }
                sleeper.history().flush();
                house.clock.advance(Leftovers.ABANDONED);
                house.service.history().flush();
                sleeper.unlock(House.attempt(device, AWAY));
                sleeper.history().flush();
                sleeper.history().flush();
            }
            assertTrue(sum() >= 11, sum() + " counted");
            assertTrue(house.service.history().verify().intact());
        }

        @Test
        void leavesNothingWhereItWasClosed() {
            try (Panocrypt node = house.open(house.memory, house.custody)) {
                for (int i = 0; i < 10; i++) {
                    node.unlock(House.attempt(device, AWAY));
                }
                node.history().flush();
                assertEquals(1, house.memory.scan(Records.TALLY, null, null, 10).size());
            }
            assertEquals(List.of(), house.memory.scan(Records.TALLY, null, null, 10));
            assertEquals(2, written());
        }
    }

    @Nested
    class AHostThatWaits {
        @Test
        void isOneRequestWithTrueAttemptsAndFewRows() {
            Member alice = needApproval();
            for (int i = 0; i < 1_200; i++) {
                assertEquals(new UnlockResult.Pending(), house.unlock(device, HOME));
                house.clock.advance(Duration.ofMillis(500));
                if (i % 120 == 77) {
                    house.service.history().flush();
                    assertTrue(
                            i + 1 - request().attempts() <= 60,
                            i + " but " + request().attempts());
                }
            }
            assertEquals(
                    1, house.service.approvals().list(null, null, 10).items().size());
            assertEquals(4, house.history(device).size());
            assertEquals(1_200, sum());
            house.service.approvals().approve(alice, request().id(), "", List.of());
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
            assertEquals(1_201, request().attempts());
            assertEquals(1_201, sum());
            house.service.history().flush();
            assertEquals(5, written());
        }

        @Test
        void isRecordedUpToItsLastAttemptThoughItHasGone() {
            needApproval();
            loop(HOME, 20, Duration.ofSeconds(1));
            var last = house.clock.instant().minusSeconds(1);
            house.clock.advance(Duration.ofMinutes(2));
            house.service.history().flush();
            assertEquals(20, request().attempts());
            assertEquals(last, request().lastSeen());
        }

        @Test
        void isRecordedThoughItWasDenied() {
            Member alice = needApproval();
            loop(HOME, 20, Duration.ofSeconds(1));
            house.service.approvals().deny(alice, request().id(), "no", false);
            house.clock.advance(Duration.ofMinutes(2));
            house.service.history().flush();
            assertEquals(20, request().attempts());
            assertEquals(ApprovalRequest.State.DENIED, request().state());
            assertEquals(
                    List.of(),
                    house.service
                            .approvals()
                            .list(ApprovalRequest.State.PENDING, null, 10)
                            .items());
        }

        @Test
        void costsTheStoreOneWriteInThirtySeconds() {
            AtomicInteger writes = new AtomicInteger();
            needApproval();
            ForwardingStore store = new ForwardingStore(house.memory) {
                @Override
                public CommitResult commit(DecisionCommit commit) {
                    writes.incrementAndGet();
                    return super.commit(commit);
                }

                @Override
                public CommitResult note(List<JournalEntry> entries, List<PolicyEdit.Change> changes) {
                    writes.incrementAndGet();
                    return super.note(entries, changes);
                }
            };
            try (Panocrypt node = house.open(store, house.custody)) {
                for (int i = 0; i < 1_200; i++) {
                    node.unlock(House.attempt(device, HOME));
                    house.clock.advance(Duration.ofMillis(500));
                }
                // The first attempt opens the request; then one refresh each half a minute.
                assertEquals(20, writes.get());
            }
        }
    }
}
