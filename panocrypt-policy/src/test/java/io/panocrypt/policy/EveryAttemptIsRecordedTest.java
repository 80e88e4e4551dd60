package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.AWAY;
import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.notify.LogNotifier;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every attempt on a known device is in exactly one journal entry or one count, whatever faults the store has. */
class EveryAttemptIsRecordedTest {
    private final TestService house = new TestService();
    private final Device device = house.device("web-1");

    @AfterEach
    void close() {
        house.close();
    }

    /** A store whose faults a test turns on. */
    private class FaultyStore extends ActStore {
        private boolean conflicts;
        private boolean rejects;
        private boolean losesConnection;
        private boolean appliesBefore;
        private boolean hidesPolicy;
        private boolean hidesKnownSources;
        private boolean changesPolicy;
        private int snapshotsLeft = Integer.MAX_VALUE;
        private final AtomicInteger epochs = new AtomicInteger();

        FaultyStore() {
            super(house.memory);
        }

        @Override
        protected WriteResult commit(StoreWrite commit) {
            if (conflicts) {
                return new WriteResult.OtherEpoch();
            }
            if (rejects) {
                throw new StoreRejectedException("1024 writes wait already");
            }
            if (losesConnection) {
                if (appliesBefore) {
                    super.commit(commit);
                }
                throw new StoreException("connection lost");
            }
            return super.commit(commit);
        }

        @Override
        public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
            if (snapshotsLeft-- <= 0) {
                throw new StoreException("no connection");
            }
            return super.snapshot(uniqueTerm);
        }

        @Override
        public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
            if (hidesPolicy) {
                throw new StoreException("no connection");
            }
            return super.scan(kind, term, after, limit);
        }

        @Override
        public Optional<PolicyRecord> get(String kind, String id) {
            if (hidesKnownSources && kind.equals(RecordMapper.KNOWN_SOURCE)) {
                throw new StoreException("no connection");
            }
            return super.get(kind, id);
        }

        @Override
        public long epoch() {
            return changesPolicy ? 1_000 + epochs.incrementAndGet() : super.epoch();
        }

        void recover() {
            conflicts = false;
            rejects = false;
            losesConnection = false;
            hidesPolicy = false;
            hidesKnownSources = false;
            changesPolicy = false;
            snapshotsLeft = Integer.MAX_VALUE;
        }
    }

    private final FaultyStore store = new FaultyStore();

    private UnlockResult unlock(Panocrypt node, String source) {
        return node.unlock(TestService.attempt(device, source));
    }

    private static int count(Panocrypt node, Device device) {
        return node.history().unlocks(device.id(), null, 1_000).items().stream()
                .mapToInt(UnlockRecord::count)
                .sum();
    }

    /** One attempt meets the fault, is counted at once, and is in the journal after the node has closed. */
    private UnlockRecord onlyRecordOf(UnlockResult expected, String source) {
        try (Panocrypt node = house.open(store, house.custody)) {
            assertEquals(expected, unlock(node, source));
            store.recover();
            assertEquals(1, count(node, device), "counted before it is written");
        }
        List<UnlockRecord> history = house.history(device);
        assertEquals(1, history.size(), history::toString);
        assertEquals(1, house.written());
        assertEquals(1, history.get(0).count());
        return history.get(0);
    }

    private void assertUnanswered(UnlockRecord unlock) {
        assertEquals(Outcome.DENIED, unlock.outcome());
        assertEquals(Reason.STORE_UNAVAILABLE, unlock.reason());
        assertEquals(Optional.empty(), unlock.spent());
    }

    private ApprovalRequest request() {
        return house.service.approvals().list(null, null, 10).items().get(0);
    }

    @Nested
    class AfterTheThirdConflict {
        @Test
        void ofAnAnswer() {
            store.conflicts = true;
            assertUnanswered(onlyRecordOf(new UnlockResult.Unavailable(), HOME));
        }

        @Test
        void ofAnAnswerThatWouldHaveSpent() {
            house.service.devices().disable(OPERATOR, device.id());
            house.service.allowances().grant(OPERATOR, device.id(), AllowanceRequest.defaults());
            store.conflicts = true;
            assertUnanswered(onlyRecordOf(new UnlockResult.Unavailable(), HOME));
            assertEquals(
                    1,
                    house.service.allowances().open(device.id()).get(0).usesLeft(),
                    "what was not committed spends nothing");
        }

        @Test
        void ofARefusal() {
            store.conflicts = true;
            assertUnanswered(onlyRecordOf(new UnlockResult.Unavailable(), AWAY));
        }

        @Test
        void ofOneThatWouldHaveOpenedARequest() {
            house.approverOf(device);
            store.conflicts = true;
            UnlockRecord unlock = onlyRecordOf(new UnlockResult.Pending(), HOME);
            assertEquals(Outcome.PENDING, unlock.outcome());
            assertEquals(Reason.APPROVAL_PENDING, unlock.reason());
        }

        @Test
        void ofOneThatWouldHaveRefreshedARequest() {
            house.approverOf(device);
            assertEquals(new UnlockResult.Pending(), house.unlock(device, HOME));
            house.clock.advance(Duration.ofSeconds(40));
            try (Panocrypt node = house.open(store, house.custody)) {
                store.conflicts = true;
                assertEquals(new UnlockResult.Pending(), unlock(node, HOME));
                store.conflicts = false;
                assertEquals(2, count(node, device));
            }
            assertEquals(2, house.told(device));
            assertEquals(2, request().attempts(), "the request counts it too");
        }

        @Test
        void andTheNextOneIsWrittenAtOnce() {
            try (Panocrypt node = house.open(store, house.custody)) {
                for (String source : List.of(HOME, AWAY)) {
                    store.conflicts = true;
                    assertEquals(new UnlockResult.Unavailable(), unlock(node, source));
                    store.conflicts = false;
                    unlock(node, source);
                }
                assertEquals(2, house.written());
                assertEquals(4, count(node, device));
                node.history().flush();
            }
            assertEquals(4, house.told(device));
        }

        @Test
        void howeverOftenItHappens() {
            house.approverOf(device);
            try (Panocrypt node = house.open(store, house.custody)) {
                for (int i = 1; i <= 30; i++) {
                    store.conflicts = i % 3 != 0;
                    unlock(node, i % 2 == 0 ? HOME : AWAY);
                    house.clock.advance(Duration.ofSeconds(20));
                    store.conflicts = false;
                    if (i % 7 == 0) {
                        node.history().flush();
                    }
                    assertEquals(i, count(node, device));
                }
            }
            assertEquals(30, house.told(device));
            assertTrue(house.service.history().verify().intact());
        }
    }

    @Nested
    class WherePolicyKeepsChanging {
        @Test
        void beforeAnythingIsDecided() {
            try (Panocrypt node = house.open(store, house.custody)) {
                store.changesPolicy = true;
                assertEquals(new UnlockResult.Unavailable(), unlock(node, HOME));
                store.changesPolicy = false;
                assertEquals(1, count(node, device));
            }
            assertUnanswered(house.last(device));
            assertEquals(1, house.told(device));
        }
    }

    @Nested
    class WhereTheStoreFails {
        @Test
        void afterTheFirstConflict() {
            store.conflicts = true;
            store.snapshotsLeft = 1;
            assertUnanswered(onlyRecordOf(new UnlockResult.Unavailable(), HOME));
        }

        @Test
        void whenSharedPolicyIsRead() {
            try (Panocrypt node = house.open(store, house.custody)) {
                store.hidesPolicy = true;
                assertEquals(new UnlockResult.Unavailable(), unlock(node, HOME));
                store.hidesPolicy = false;
                assertEquals(1, count(node, device));
            }
            assertUnanswered(house.last(device));
            assertEquals(1, house.told(device));
        }

        @Test
        void beforeItIsKnownWhichDeviceAsks() {
            store.snapshotsLeft = 0;
            try (Panocrypt node = house.open(store, house.custody)) {
                assertEquals(new UnlockResult.Unavailable(), unlock(node, HOME));
            }
            assertEquals(List.of(), house.history(device));
        }

        @Test
        void whenItIsReadWhomToNotify() {
            Panocrypt.Builder builder = Panocrypt.builder()
                    .store(store)
                    .custody(house.custody)
                    .publicUrl(URI.create("http://192.0.2.80:8080"))
                    .clock(house.clock)
                    .checkpointInterval(Duration.ZERO)
                    .noticeInterval(Duration.ZERO)
                    .notifier(new LogNotifier())
                    .limits(TestTimeout.SERVICE);
            try (Panocrypt node = builder.build()) {
                store.hidesKnownSources = true;
                assertEquals(new UnlockResult.Unavailable(), unlock(node, HOME));
                store.hidesKnownSources = false;
                assertEquals(1, count(node, device));
            }
            assertUnanswered(house.last(device));
            assertEquals(1, house.told(device));
        }

        @Test
        void byRejectingAnAnswer() {
            store.rejects = true;
            assertUnanswered(onlyRecordOf(new UnlockResult.Unavailable(), HOME));
        }

        @Test
        void byRejectingARefusal() {
            store.rejects = true;
            UnlockRecord unlock = onlyRecordOf(new UnlockResult.Unavailable(), AWAY);
            assertEquals(Reason.SOURCE_NOT_ALLOWED, unlock.reason());
        }

        @Test
        void byRejectingARequest() {
            house.approverOf(device);
            store.rejects = true;
            UnlockRecord unlock = onlyRecordOf(new UnlockResult.Unavailable(), HOME);
            assertEquals(Outcome.PENDING, unlock.outcome());
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void byNotSayingWhetherARefusalIsWritten(boolean applied) {
            store.losesConnection = true;
            store.appliesBefore = applied;
            try (Panocrypt node = house.open(store, house.custody)) {
                assertEquals(new UnlockResult.Unavailable(), unlock(node, AWAY));
                store.recover();
                assertEquals(new UnlockResult.Refused(Reason.SOURCE_NOT_ALLOWED), unlock(node, AWAY));
                node.history().flush();
                assertEquals(2, count(node, device));
            }
            assertEquals(2, house.written());
            assertEquals(2, house.told(device));
            assertTrue(house.service.history().verify().intact());
        }
    }

    @Test
    void onceAfterAConflictThatTheNextDecisionSettles() {
        AtomicInteger commits = new AtomicInteger();
        ForwardingStore once = new ActStore(house.memory) {
            @Override
            protected WriteResult commit(StoreWrite commit) {
                return commits.getAndIncrement() < 2 ? new WriteResult.OtherEpoch() : super.commit(commit);
            }
        };
        try (Panocrypt node = house.open(once, house.custody)) {
            assertInstanceOf(UnlockResult.Answered.class, unlock(node, HOME));
        }
        assertEquals(3, commits.get());
        assertEquals(1, house.told(device));
        assertEquals(Reason.ALLOWED, house.last(device).reason());
    }
}
