package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.resilience.Bulkhead;
import io.panocrypt.policy.internal.resilience.CircuitBreaker;
import io.panocrypt.policy.internal.resilience.CircuitOpenException;
import io.panocrypt.policy.internal.resilience.ReadinessCheck;
import io.panocrypt.policy.internal.resilience.ResilientStore;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service on a store that hangs, or fails for a long time. */
class OutageTest {
    private static final Duration STORE_TIMEOUT = Duration.ofMillis(300);
    private static final int CROWD = 200;

    private final TestService house = new TestService();
    private final Device device = house.device("web-1");
    private final ExecutorService crowd = Executors.newFixedThreadPool(CROWD);

    @AfterEach
    void close() {
        crowd.shutdownNow();
        house.close();
    }

    private Panocrypt open(ForwardingStore store, int requestsAtOnce) {
        return Panocrypt.builder()
                .store(store)
                .custody(house.custody)
                .publicUrl(URI.create("http://192.0.2.80:8080"))
                .clock(house.clock)
                .checkpointInterval(Duration.ZERO)
                .commitTimeout(Duration.ofMillis(200))
                .limits(new ServiceLimits(STORE_TIMEOUT, requestsAtOnce))
                .build();
    }

    @Test
    void refusesThoughTheClockWaitsForTheStoreThatIsAway() throws Exception {
        CountDownLatch back = new CountDownLatch(1);
        AtomicBoolean away = new AtomicBoolean();
        ForwardingStore store = new ForwardingStore(house.memory) {
            @Override
            public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
                throw new StoreException("away");
            }
        };
        try (Panocrypt node = Panocrypt.builder()
                .store(store)
                .custody(house.custody)
                .publicUrl(URI.create("http://192.0.2.80:8080"))
                .clock(() -> {
                    if (away.get()) {
                        await(back);
                    }
                    return house.clock.instant();
                })
                .checkpointInterval(Duration.ZERO)
                .build()) {
            away.set(true);
            try {
                assertAllUnavailable(unlockByACrowd(node));
            } finally {
                back.countDown();
            }
        }
    }

    private UnlockResult unlock(Panocrypt node) {
        return node.unlock(TestService.attempt(device, HOME));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Runs all at once. */
    private List<UnlockResult> unlockByACrowd(Panocrypt node) throws Exception {
        List<Future<UnlockResult>> asked = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            asked.add(crowd.submit(() -> unlock(node)));
        }
        List<UnlockResult> results = new ArrayList<>();
        for (Future<UnlockResult> one : asked) {
            results.add(one.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        }
        return results;
    }

    private static void assertAllUnavailable(List<UnlockResult> results) {
        assertEquals(Set.of(new UnlockResult.Unavailable()), Set.copyOf(results));
    }

    /** The number of attempts until it succeeded: a busy machine may exceed the store's timeout again. */
    private int unlockUntilAnswered(Panocrypt node) {
        return assertTimeoutPreemptively(TestTimeout.MAX, () -> {
            int attempts = 1;
            while (!(unlock(node) instanceof UnlockResult.Answered)) {
                attempts++;
            }
            return attempts;
        });
    }

    private static void awaitReady(Panocrypt node) {
        assertTimeoutPreemptively(TestTimeout.MAX, () -> {
            while (node.unreadyReason().isPresent()) {
                Thread.onSpinWait();
            }
        });
    }

    /** Hangs in all calls of one kind, ignoring interrupts, until it is released. */
    private class HangingStore extends ActStore {
        private final CountDownLatch released = new CountDownLatch(1);
        private final Set<Thread> stuck = ConcurrentHashMap.newKeySet();

        HangingStore() {
            super(house.memory);
        }

        @Override
        public boolean boundsItsCalls() {
            return false;
        }

        <T> T hang(Supplier<T> then) {
            if (released.getCount() > 0) {
                stuck.add(Thread.currentThread());
                boolean interrupted = false;
                while (released.getCount() > 0) {
                    try {
                        released.await();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            return then.get();
        }

        void release() {
            released.countDown();
        }
    }

    @Nested
    class WhereCommitsHang {
        private final Set<String> begun = ConcurrentHashMap.newKeySet();

        private final HangingStore store = new HangingStore() {
            @Override
            protected WriteResult commit(StoreWrite commit) {
                begun.add(commit.entries().get(0).id());
                return hang(() -> super.commit(commit));
            }

            @Override
            protected WriteResult append(StoreWrite write) {
                return hang(() -> super.append(write));
            }

            @Override
            protected WriteResult count(StoreWrite write) {
                return hang(() -> super.count(write));
            }
        };

        private int usesLeft() {
            return house.service.allowances().open(device.id()).stream()
                    .mapToInt(allowance -> allowance.usesLeft())
                    .sum();
        }

        private void grant(int grants) {
            house.service.devices().disable(OPERATOR, device.id());
            for (int i = 0; i < grants; i++) {
                house.service
                        .allowances()
                        .grant(
                                OPERATOR,
                                device.id(),
                                AllowanceRequest.defaults().withUses(32));
            }
        }

        @Test
        void refusesACrowdInTimeWithBoundedThreadsAndServesAgain() throws Exception {
            grant(10);
            try (Panocrypt node = open(store, 1_024)) {
                assertAllUnavailable(unlockByACrowd(node));
                assertTrue(store.stuck.size() <= Bulkhead.MAX, "threads: " + store.stuck.size());
                assertEquals(Optional.of(ReadinessCheck.NO_WRITES), node.unreadyReason());
                assertTrue(node.unreadyReason().isPresent());
                int known = begun.size();
                assertTrue(known <= Bulkhead.MAX);
                assertEquals(320, usesLeft());

                store.release();
                int attempts = unlockUntilAnswered(node);
                awaitReady(node);
                // Those that had begun may have spent since; those that had not never will.
                assertTrue(usesLeft() >= 320 - begun.size(), "left: " + usesLeft());
                assertTrue(begun.size() <= known + attempts + 1, "begun later: " + (begun.size() - known));
            }
        }

        @Test
        void tellsInTheHistoryOfEveryUseThatMayBeGone() throws Exception {
            grant(10);
            long unknown;
            try (Panocrypt node = open(store, 1_024)) {
                assertAllUnavailable(unlockByACrowd(node));
                unknown = begun.size();
                store.release();
                awaitReady(node);
            }
            long told = house.service.history().unlocks(device.id(), null, 1000).items().stream()
                    .filter(row -> row.reason() == Reason.STORE_UNAVAILABLE)
                    .filter(row -> row.note().equals("outcome of the commit unknown, the use may be gone"))
                    .count();
            assertEquals(unknown, told);
        }

        @Test
        void refusesAtOnceOnceItKnows() {
            AtomicLong nanos = new AtomicLong();
            HangingStore slow = new HangingStore() {
                @Override
                protected WriteResult append(StoreWrite write) {
                    nanos.addAndGet(CircuitBreaker.SLOW.toNanos());
                    return hang(WriteResult.Written::new);
                }
            };
            ResilientStore guarded = new ResilientStore(slow, STORE_TIMEOUT, nanos::get);
            JournalEntry entry = new JournalEntry("e", JournalEntry.Kind.UNLOCK, house.clock.instant(), null, "{}");
            assertThrows(
                    StoreException.class,
                    () -> guarded.write(StoreWrite.of(entry).build()));
            for (int i = 0; i < 200; i++) {
                assertThrows(
                        CircuitOpenException.class,
                        () -> guarded.write(StoreWrite.of(entry).build()));
            }
            assertEquals(1, slow.stuck.size(), "who has tried the store");
            slow.release();
        }

        @Test
        void takesSoManyAtOnceAndRefusesTheNextWithoutTheStore() throws Exception {
            CountDownLatch inside = new CountDownLatch(2);
            CountDownLatch out = new CountDownLatch(1);
            ForwardingStore slow = new ForwardingStore(house.memory) {
                @Override
                public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
                    inside.countDown();
                    OutageTest.await(out);
                    return super.snapshot(uniqueTerm);
                }
            };
            try (Panocrypt node = Panocrypt.builder()
                    .store(slow)
                    .custody(house.custody)
                    .publicUrl(URI.create("http://192.0.2.80:8080"))
                    .limits(new ServiceLimits(TestTimeout.MAX, 2))
                    .build()) {
                Future<UnlockResult> one = crowd.submit(() -> unlock(node));
                Future<UnlockResult> two = crowd.submit(() -> unlock(node));
                OutageTest.await(inside);
                assertEquals(new UnlockResult.Unavailable(), unlock(node));
                assertThrows(StoreException.class, () -> node.advertisement(device.token(), null));
                out.countDown();
                assertInstanceOf(UnlockResult.Answered.class, one.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
                assertInstanceOf(UnlockResult.Answered.class, two.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
                assertInstanceOf(UnlockResult.Answered.class, unlock(node));
            }
        }
    }

    @Test
    void refusesACrowdInTimeWhereReadsHangAndServesAgain() throws Exception {
        HangingStore store = new HangingStore() {
            @Override
            public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
                return hang(() -> super.snapshot(uniqueTerm));
            }

            @Override
            public Optional<PolicyRecord> find(String kind, String uniqueTerm) {
                return hang(() -> super.find(kind, uniqueTerm));
            }
        };
        try (Panocrypt node = open(store, 1_024)) {
            assertAllUnavailable(unlockByACrowd(node));
            assertThrows(StoreException.class, () -> node.advertisement(device.token(), null));
            store.release();
            unlockUntilAnswered(node);
            assertTrue(node.advertisement(device.token(), null).isPresent());
        }
        assertTrue(store.stuck.size() <= Bulkhead.MAX);
    }

    @Test
    void isBackThoughACallThatMayTakeLongHasTriedTheStoreAndHangs() throws Exception {
        AtomicLong nanos = new AtomicLong();
        AtomicBoolean away = new AtomicBoolean(true);
        HangingStore store = new HangingStore() {
            @Override
            public long epoch() {
                if (away.get()) {
                    nanos.addAndGet(CircuitBreaker.SLOW.toNanos());
                    throw new StoreException("away");
                }
                return super.epoch();
            }

            @Override
            public List<PolicyRecord> scan(String kind, String term, String after, int limit) {
                return hang(() -> super.scan(kind, term, after, limit));
            }
        };
        ResilientStore guarded = new ResilientStore(store, STORE_TIMEOUT, nanos::get);
        assertThrows(StoreException.class, guarded::epoch);
        nanos.addAndGet(CircuitBreaker.TRIAL_PAUSE.toNanos());
        Future<?> trial = crowd.submit(() -> guarded.scan("device", null, null, 1));
        assertTimeoutPreemptively(TestTimeout.MAX, () -> {
            while (store.stuck.isEmpty()) {
                Thread.onSpinWait();
            }
        });
        assertThrows(CircuitOpenException.class, guarded::epoch);
        away.set(false);
        // Before the 30 s timeout of a scan in normal operation.
        assertThrows(ExecutionException.class, () -> trial.get(20, TimeUnit.SECONDS));
        nanos.addAndGet(CircuitBreaker.TRIAL_PAUSE.toNanos());
        assertEquals(house.memory.epoch(), guarded.epoch());
        store.release();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void callsInThreadsOfItsOwnWhatDoesNotBoundItsCalls(boolean bounded) {
        Set<Thread> callers = ConcurrentHashMap.newKeySet();
        ForwardingStore store = new ForwardingStore(house.memory) {
            @Override
            public boolean boundsItsCalls() {
                return bounded && super.boundsItsCalls();
            }

            @Override
            public long epoch() {
                callers.add(Thread.currentThread());
                return super.epoch();
            }
        };
        new ResilientStore(store, TestTimeout.MAX, () -> 0).epoch();
        assertEquals(bounded, callers.contains(Thread.currentThread()));
    }

    @Test
    void readsForMachinesThoughPagesFailSlowly() {
        AtomicLong nanos = new AtomicLong();
        ForwardingStore store = new ForwardingStore(house.memory) {
            @Override
            public List<ChainHead> heads() {
                nanos.addAndGet(CircuitBreaker.SLOW.toNanos());
                throw new StoreException("too many rows");
            }
        };
        ResilientStore guarded = new ResilientStore(store, TestTimeout.MAX, nanos::get);
        assertThrows(StoreException.class, guarded::heads);
        assertThrows(CircuitOpenException.class, guarded::heads);
        assertEquals(house.memory.epoch(), guarded.epoch());
    }

    @Test
    void readsForMachinesThoughPagesHangInAllTheirThreads() throws Exception {
        HangingStore store = new HangingStore() {
            @Override
            public List<ChainHead> heads() {
                return hang(super::heads);
            }
        };
        ResilientStore guarded = new ResilientStore(store, TestTimeout.MAX, () -> 0);
        List<Future<List<ChainHead>>> pages = new ArrayList<>();
        for (int i = 0; i < Bulkhead.MAX; i++) {
            pages.add(crowd.submit(guarded::heads));
        }
        assertTimeoutPreemptively(TestTimeout.MAX, () -> {
            while (store.stuck.size() < Bulkhead.MAX) {
                Thread.onSpinWait();
            }
        });
        try {
            assertEquals(house.memory.epoch(), guarded.epoch());
        } finally {
            store.release();
        }
        for (Future<List<ChainHead>> page : pages) {
            assertEquals(house.memory.heads(), page.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        }
    }

    @Test
    void letsNobodyWaitForSomebodyElseWhoReadsPolicyForEver() throws Exception {
        HangingStore store = new HangingStore() {
            @Override
            public List<PolicyRecord> scan(String kind, String term, String after, int limit) {
                return Thread.currentThread().getName().startsWith("panocrypt-read")
                        ? hang(() -> super.scan(kind, term, after, limit))
                        : super.scan(kind, term, after, limit);
            }
        };
        Panocrypt node = open(store, 1_024);
        Future<UnlockResult> first = crowd.submit(() -> unlock(node));
        assertTimeoutPreemptively(TestTimeout.MAX, () -> {
            while (store.stuck.isEmpty()) {
                Thread.onSpinWait();
            }
        });
        assertAllUnavailable(unlockByACrowdButOne(node));
        store.release();
        assertInstanceOf(UnlockResult.Answered.class, first.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        node.close();
    }

    private List<UnlockResult> unlockByACrowdButOne(Panocrypt node) throws Exception {
        List<Future<UnlockResult>> asked = new ArrayList<>();
        for (int i = 1; i < CROWD; i++) {
            asked.add(crowd.submit(() -> unlock(node)));
        }
        List<UnlockResult> results = new ArrayList<>();
        for (Future<UnlockResult> one : asked) {
            // Before the 30 s timeout of a page.
            results.add(one.get(20, TimeUnit.SECONDS));
        }
        return results;
    }

    @Nested
    class WhereWritesFailAtOnce {
        private volatile boolean full = true;

        private final ForwardingStore store = new ActStore(house.memory) {
            @Override
            protected WriteResult commit(StoreWrite commit) {
                return refuse(() -> super.commit(commit));
            }

            @Override
            protected WriteResult count(StoreWrite write) {
                return refuse(() -> super.count(write));
            }

            @Override
            protected WriteResult append(StoreWrite write) {
                return refuse(() -> super.append(write));
            }

            private <T> T refuse(Supplier<T> otherwise) {
                if (full) {
                    throw new StoreException("the write failed", new java.sql.SQLException("disk is full"));
                }
                return otherwise.get();
            }
        };

        @Test
        void isReadyAgainWithoutARequestWhenThereIsRoom() {
            try (Panocrypt node = open(store, 1_024)) {
                assertEquals(Optional.empty(), node.unreadyReason(), "nobody has written yet");
                assertEquals(new UnlockResult.Unavailable(), unlock(node));
                assertEquals(Optional.of(ReadinessCheck.NO_WRITES), node.unreadyReason());
                assertEquals(Optional.of(ReadinessCheck.NO_WRITES), node.unreadyReason());
                full = false;
                awaitReady(node);
                assertInstanceOf(UnlockResult.Answered.class, unlock(node));
            }
        }

        @Test
        void logsOneLineForAnOutageAndOneForItsEnd() {
            try (Panocrypt node = open(store, 1_024);
                    LogLines lines = LogLines.of(Panocrypt.class.getName())) {
                for (int i = 0; i < 30; i++) {
                    assertEquals(new UnlockResult.Unavailable(), unlock(node));
                }
                assertEquals(1, lines.texts().size(), () -> String.join("\n", lines.texts()));
                assertTrue(lines.texts().get(0).endsWith("the write failed: disk is full"));
                assertTrue(lines.records().stream().allMatch(line -> line.getThrown() == null));
                full = false;
                assertTimeoutPreemptively(TestTimeout.MAX, () -> {
                    while (lines.texts().size() == 1) {
                        unlock(node);
                    }
                });
                assertTrue(lines.texts().get(1).contains("succeed again"));
            }
        }
    }

    @Test
    void refusesLimitsThatAreNone() {
        for (ServiceLimits wrong :
                List.of(new ServiceLimits(Duration.ZERO, 1), new ServiceLimits(Duration.ofSeconds(1), 0))) {
            IllegalArgumentException refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> Panocrypt.builder().limits(wrong).build());
            assertTrue(refused.getMessage().contains("limits must be positive"));
        }
    }
}
