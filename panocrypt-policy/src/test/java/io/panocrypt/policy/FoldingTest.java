package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.AWAY;
import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.unlock.CountSnapshot;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldingTest {
    private final TestService house = new TestService();
    private final Device device = house.device("web-1");

    @AfterEach
    void close() {
        house.close();
    }

    private List<Integer> counts(Reason reason) {
        return house.history(device).stream()
                .filter(row -> row.reason() == reason)
                .map(UnlockRecord::count)
                .toList();
    }

    private void disable() {
        house.service.devices().disable(OPERATOR, device.id());
    }

    private ApprovalRequest request() {
        return house.service.approvals().list(null, null, 10).items().get(0);
    }

    @Nested
    class OfRefusals {
        @Test
        void writesOneRowForManyEqualRefusals() {
            house.loop(device, AWAY, 60, Duration.ofMillis(500));
            assertEquals(1, house.written());
            assertEquals(List.of(59, 1), counts(Reason.SOURCE_NOT_ALLOWED));
            house.clock.advance(Duration.ofMinutes(1));
            house.service.history().flush();
            assertEquals(2, house.written());
            assertEquals(List.of(59, 1), counts(Reason.SOURCE_NOT_ALLOWED));
            assertTrue(house.service.history().verify().intact());
        }

        @Test
        void writesOneFirstRowHoweverManyAskAtOnce() throws Exception {
            ExecutorService threads = Executors.newFixedThreadPool(16);
            List<Future<UnlockResult>> running = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                UnlockAttempt attempt = TestService.attempt(device, AWAY);
                Callable<UnlockResult> task = () -> house.service.unlock(attempt);
                running.add(threads.submit(task));
            }
            for (Future<UnlockResult> one : running) {
                assertEquals(new UnlockResult.Refused(Reason.SOURCE_NOT_ALLOWED), one.get());
            }
            threads.shutdown();
            assertEquals(1, house.written());
            assertEquals(200, house.told(device));
        }

        @Test
        void neverFoldsAnswers() {
            house.loop(device, HOME, 20, Duration.ofMillis(500));
            assertEquals(20, house.written());
        }

        @Test
        void writesWhatWasCountedBeforeAnAnswer() {
            disable();
            house.loop(device, HOME, 10, Duration.ofMillis(500));
            house.service.devices().enable(OPERATOR, device.id());
            house.unlock(device, HOME);
            house.clock.advance(Duration.ofMillis(500));
            disable();
            house.loop(device, HOME, 5, Duration.ofMillis(500));
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
                    other.unlock(TestService.attempt(device, AWAY));
                }
                assertEquals(1, house.told(device), "the other node has told nobody yet");
            }
            assertEquals(2, house.written());
            assertEquals(7, house.told(device));
        }

        @Test
        void writesTheFirstRowAgainWhereItsDecisionWasOutrun() {
            AtomicInteger commits = new AtomicInteger();
            ForwardingStore store = new ActStore(house.memory) {
                @Override
                protected WriteResult commit(StoreWrite commit) {
                    return commits.getAndIncrement() == 0 ? new WriteResult.OtherEpoch() : super.commit(commit);
                }
            };
            try (Panocrypt node = house.open(store, house.custody)) {
                assertInstanceOf(UnlockResult.Refused.class, node.unlock(TestService.attempt(device, AWAY)));
            }
            assertEquals(1, house.written());
            assertEquals(1, house.told(device));
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void losesNoCountWhereTheStoreFailsForAWhile(boolean applied) {
            FailingNotes store = new FailingNotes(applied);
            try (Panocrypt node = house.open(store, house.custody)) {
                for (int round = 0; round < 12; round++) {
                    for (int i = 0; i < 9; i++) {
                        node.unlock(TestService.attempt(device, AWAY));
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
            assertEquals(9 * 12, house.told(device));
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
            assertEquals(TestService.address("192.0.2.5"), seen.get(0).source());
        }
    }

    /** A store that fails to write notes, or to report that it has. */
    private final class FailingNotes extends ActStore {
        private final boolean applied;
        private boolean fails;

        FailingNotes(boolean applied) {
            super(house.memory);
            this.applied = applied;
        }

        @Override
        protected WriteResult append(StoreWrite write) {
            return count(write);
        }

        @Override
        protected WriteResult count(StoreWrite write) {
            if (fails && !applied) {
                throw new StoreException("no connection");
            }
            WriteResult result = super.count(write);
            if (fails) {
                throw new StoreException("connection lost");
            }
            return result;
        }
    }

    @Nested
    class ANodeThatDies {
        /** A node that has counted, flushed, counted again, and died. */
        private void die(int counted, int more) {
            Panocrypt node = house.open(house.memory, house.custody);
            for (int i = 0; i < counted; i++) {
                node.unlock(TestService.attempt(device, AWAY));
            }
            node.history().flush();
            for (int i = 0; i < more; i++) {
                node.unlock(TestService.attempt(device, AWAY));
            }
        }

        @Test
        void losesNoMoreThanItHasCountedSinceItsLastFlush() {
            die(10, 5);
            assertEquals(1, house.written());
            assertEquals(10, house.told(device), "seen by others at once");
            house.clock.advance(CountSnapshot.ABANDONED.minusMillis(1));
            house.service.history().flush();
            assertEquals(1, house.written(), "it may come back");
            house.clock.advance(Duration.ofMillis(1));
            house.service.history().flush();
            assertEquals(2, house.written());
            assertEquals(10, house.told(device));
            house.service.history().flush();
            assertEquals(2, house.written());
            assertEquals(List.of(), house.memory.scan(RecordMapper.TALLY, null, null, 10));
        }

        @Test
        void isSucceededByOneOtherOnly() throws Exception {
            die(10, 0);
            house.clock.advance(CountSnapshot.ABANDONED);
            try (Panocrypt other = house.open(house.memory, house.custody)) {
                ExecutorService threads = Executors.newFixedThreadPool(2);
                Future<?> one = threads.submit(() -> other.history().flush());
                Future<?> two = threads.submit(() -> house.service.history().flush());
                one.get();
                two.get();
                threads.shutdown();
            }
            assertEquals(10, house.told(device));
        }

        @Test
        void goesOnWhereItWasOnlyAsleep() {
            try (Panocrypt sleeper = house.open(house.memory, house.custody)) {
                for (int i = 0; i < 10; i++) {
                    sleeper.unlock(TestService.attempt(device, AWAY));
                }
                sleeper.history().flush();
                house.clock.advance(CountSnapshot.ABANDONED);
                house.service.history().flush();
                sleeper.unlock(TestService.attempt(device, AWAY));
                sleeper.history().flush();
                sleeper.history().flush();
            }
            assertTrue(house.told(device) >= 11, house.told(device) + " counted");
            assertTrue(house.service.history().verify().intact());
        }

        @Test
        void leavesNothingWhereItWasClosed() {
            try (Panocrypt node = house.open(house.memory, house.custody)) {
                for (int i = 0; i < 10; i++) {
                    node.unlock(TestService.attempt(device, AWAY));
                }
                node.history().flush();
                assertEquals(
                        1, house.memory.scan(RecordMapper.TALLY, null, null, 10).size());
            }
            assertEquals(List.of(), house.memory.scan(RecordMapper.TALLY, null, null, 10));
            assertEquals(2, house.written());
        }
    }

    @Nested
    class AHostThatWaits {
        @Test
        void isOneRequestWithTrueAttemptsAndFewRows() {
            Member alice = house.approverOf(device);
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
            assertEquals(1_200, house.told(device));
            house.service.approvals().approve(alice, request().id(), "", List.of());
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
            assertEquals(1_201, request().attempts());
            assertEquals(1_201, house.told(device));
            house.service.history().flush();
            assertEquals(5, house.written());
        }

        @Test
        void isRecordedUpToItsLastAttemptThoughItHasGone() {
            house.approverOf(device);
            house.loop(device, HOME, 20, Duration.ofSeconds(1));
            var last = house.clock.instant().minusSeconds(1);
            house.clock.advance(Duration.ofMinutes(2));
            house.service.history().flush();
            assertEquals(20, request().attempts());
            assertEquals(last, request().lastSeen());
        }

        @Test
        void isRecordedThoughItWasDenied() {
            Member alice = house.approverOf(device);
            house.loop(device, HOME, 20, Duration.ofSeconds(1));
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
        void losesNoAttemptWhereTheStoreIsBusy() {
            Member alice = house.approverOf(device);
            AtomicBoolean busy = new AtomicBoolean();
            ForwardingStore store = new ActStore(house.memory) {
                private void refuse() {
                    if (busy.get()) {
                        throw new StoreRejectedException("1024 writes wait already");
                    }
                }

                @Override
                protected WriteResult commit(StoreWrite commit) {
                    refuse();
                    return super.commit(commit);
                }

                @Override
                protected WriteResult count(StoreWrite write) {
                    refuse();
                    return super.count(write);
                }
            };
            try (Panocrypt node = house.open(store, house.custody)) {
                waitHalfAMinute(node);
                busy.set(true);
                assertEquals(
                        new UnlockResult.Unavailable(), node.unlock(TestService.attempt(device, HOME)), "no refresh");
                busy.set(false);
                assertEquals(new UnlockResult.Pending(), node.unlock(TestService.attempt(device, HOME)));
                assertEquals(31, request().attempts());

                waitHalfAMinute(node);
                house.service.approvals().approve(alice, request().id(), "", List.of());
                busy.set(true);
                assertEquals(
                        new UnlockResult.Unavailable(), node.unlock(TestService.attempt(device, HOME)), "no answer");
                busy.set(false);
                assertInstanceOf(UnlockResult.Answered.class, node.unlock(TestService.attempt(device, HOME)));
                assertEquals(31 + 30 + 1, request().attempts());
            }
        }

        private void waitHalfAMinute(Panocrypt node) {
            for (int i = 0; i < 30; i++) {
                assertEquals(new UnlockResult.Pending(), node.unlock(TestService.attempt(device, HOME)));
                house.clock.advance(Duration.ofSeconds(1));
            }
        }

        @Test
        void costsTheStoreOneWriteInThirtySeconds() {
            AtomicInteger writes = new AtomicInteger();
            house.approverOf(device);
            ForwardingStore store = new ActStore(house.memory) {
                @Override
                protected WriteResult commit(StoreWrite commit) {
                    writes.incrementAndGet();
                    return super.commit(commit);
                }

                @Override
                protected WriteResult count(StoreWrite write) {
                    writes.incrementAndGet();
                    return super.count(write);
                }
            };
            try (Panocrypt node = house.open(store, house.custody)) {
                for (int i = 0; i < 1_200; i++) {
                    node.unlock(TestService.attempt(device, HOME));
                    house.clock.advance(Duration.ofMillis(500));
                }
                // The first attempt opens the request; then one refresh each half minute.
                assertEquals(20, writes.get());
            }
        }
    }
}
