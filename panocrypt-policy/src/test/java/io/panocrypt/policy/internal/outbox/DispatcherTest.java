package io.panocrypt.policy.internal.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.LogLines;
import io.panocrypt.policy.TestClock;
import io.panocrypt.policy.TestTimeout;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DispatcherTest {
    private static final Settlement DONE = new Settlement.Done(List.of());

    private final TestClock clock = new TestClock();
    private final MemoryStore memory = new MemoryStore(clock, "node-a");
    private final FailingStore store = new FailingStore(memory);
    private final AtomicInteger leases = new AtomicInteger();
    private final List<String> handled = Collections.synchronizedList(new ArrayList<>());

    /** Fails settlements, before or after they took effect. */
    private static final class FailingStore extends ForwardingStore {
        private final AtomicInteger failuresBefore = new AtomicInteger();
        private final AtomicInteger failuresAfter = new AtomicInteger();
        private final AtomicInteger failingLeases = new AtomicInteger();
        private final CountDownLatch hangs = new CountDownLatch(1);
        private final CountDownLatch back = new CountDownLatch(1);
        private volatile @Nullable String refuses;
        private volatile boolean hangsInLeases;
        private volatile boolean hangsInSettlements;

        FailingStore(MemoryStore right) {
            super(right);
        }

        private void hangIf(boolean so) {
            if (so) {
                hangs.countDown();
                awaitThroughInterrupts(back);
            }
        }

        @Override
        public boolean settle(String lease, String entryId, Settlement settlement) {
            hangIf(hangsInSettlements);
            if (failuresBefore.getAndDecrement() > 0 || entryId.equals(refuses)) {
                throw new StoreException("no disk");
            }
            boolean settled = super.settle(lease, entryId, settlement);
            if (failuresAfter.getAndDecrement() > 0) {
                throw new StoreException("no answer");
            }
            return settled;
        }

        @Override
        public List<LeasedEntry> lease(String lease, Duration length, int limit) {
            hangIf(hangsInLeases);
            if (failingLeases.getAndDecrement() > 0) {
                throw new StoreException("away");
            }
            return super.lease(lease, length, limit);
        }
    }

    private Dispatcher dispatcher(Function<LeasedEntry, Settlement> work) {
        return dispatcher(work, TestTimeout.MAX);
    }

    private Dispatcher dispatcher(Function<LeasedEntry, Settlement> work, Duration closeTimeout) {
        return new Dispatcher(
                store,
                new Handler() {
                    @Override
                    public String target(OutboxEntry entry) {
                        return entry.id();
                    }

                    @Override
                    public Settlement handle(LeasedEntry leased) {
                        handled.add(leased.entry().id());
                        return work.apply(leased);
                    }

                    @Override
                    public Settlement failed(LeasedEntry leased, String cause) {
                        return new Settlement.Dead(cause, List.of());
                    }
                },
                () -> "lease-" + leases.incrementAndGet(),
                clock,
                new WakeUp(),
                closeTimeout);
    }

    private void keep(String... ids) {
        for (String id : ids) {
            memory.write(StoreWrite.of()
                    .enqueue(List.of(new OutboxEntry(id, "topic", "{}")))
                    .build());
        }
    }

    private String causeOfDeath() {
        return memory.deadLetters(null, 1).get(0).cause();
    }

    @Test
    void doesWhatIsDueAndWhatFollowsFromIt() {
        keep("a");
        try (Dispatcher dispatcher = dispatcher(leased -> leased.entry().id().equals("a")
                ? new Settlement.Done(List.of(new OutboxEntry("b", "topic", "{}")))
                : DONE)) {
            assertEquals(2, dispatcher.workOff());
        }
        assertEquals(List.of("a", "b"), handled);
        assertEquals(List.of(), memory.waiting(10));
    }

    @Test
    void worksOnEightyAtATime() throws Exception {
        for (int i = 0; i < 240; i++) {
            keep("n" + i);
        }
        CyclicBarrier eighty = new CyclicBarrier(Dispatcher.PARALLEL);
        try (Dispatcher dispatcher = dispatcher(leased -> {
            try {
                eighty.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
                return DONE;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        })) {
            assertEquals(240, dispatcher.workOff());
        }
        assertEquals(0, memory.outboxStatus().dead());
    }

    @Test
    void doesNotRepeatWorkThatItCouldNotSettle() {
        keep("a");
        store.failuresBefore.set(3);
        try (Dispatcher dispatcher = dispatcher(leased -> DONE)) {
            for (int i = 0; i < 3; i++) {
                assertThrows(StoreException.class, dispatcher::workOff);
                // Longer than the lease: the entry becomes due again, and this node remembers that the work is done.
                clock.advance(Duration.ofMinutes(2));
            }
            dispatcher.workOff();
        }
        assertEquals(List.of("a"), handled);
        assertEquals(List.of(), memory.waiting(10));
    }

    @Test
    void worksOnOthersThoughTheStoreRefusesOneSettlement() {
        keep("a", "b", "c");
        store.refuses = "a";
        try (Dispatcher dispatcher = dispatcher(leased -> DONE)) {
            assertTimeoutPreemptively(TestTimeout.MAX, () -> workOffAllButOne(dispatcher));
            keep("d");
            assertTimeoutPreemptively(TestTimeout.MAX, () -> workOffAllButOne(dispatcher));
            assertEquals("a", memory.waiting(10).get(0).id());
            assertEquals(4, handled.size());
        }
    }

    private void workOffAllButOne(Dispatcher dispatcher) {
        while (memory.waiting(10).size() > 1) {
            assertThrows(StoreException.class, dispatcher::workOff);
        }
    }

    @Test
    void doesNotRepeatWorkWhoseSettlementGotNoAnswer() {
        keep("a");
        store.failuresAfter.set(1);
        try (Dispatcher dispatcher = dispatcher(leased -> DONE)) {
            assertThrows(StoreException.class, dispatcher::workOff);
            dispatcher.workOff();
        }
        assertEquals(List.of("a"), handled);
        assertEquals(List.of(), memory.waiting(10));
    }

    @Test
    void repeatsWorkOfANodeThatDiedBeforeItCouldSettle() {
        keep("a");
        store.failuresBefore.set(Integer.MAX_VALUE);
        try (Dispatcher dead = dispatcher(leased -> DONE)) {
            assertThrows(StoreException.class, dead::workOff);
        }
        store.failuresBefore.set(0);
        try (Dispatcher other = dispatcher(leased -> DONE)) {
            assertEquals(0, other.workOff());
            clock.advance(Duration.ofMinutes(1));
            assertEquals(1, other.workOff());
        }
        assertEquals(List.of("a", "a"), handled);
    }

    @Test
    void interruptsWorkThatTakesTooLong() throws Exception {
        keep("a");
        CountDownLatch interrupted = new CountDownLatch(1);
        try (Dispatcher dispatcher = dispatcher(leased -> {
            clock.advance(Dispatcher.LIMIT);
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return DONE;
        })) {
            dispatcher.workOff();
            assertEquals("no answer within 15 s", causeOfDeath());
            assertTrue(interrupted.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        }
    }

    @Test
    void goesOnWhenThreadsHangForEver() {
        CountDownLatch never = new CountDownLatch(1);
        try (Dispatcher dispatcher = dispatcher(leased -> {
            if (leased.entry().id().startsWith("hang")) {
                clock.advance(Dispatcher.LIMIT);
                awaitThroughInterrupts(never);
            }
            return DONE;
        })) {
            for (int i = 0; i < 110; i++) {
                keep("hang" + i);
                dispatcher.workOff();
            }
            never.countDown();
        }
        assertEquals(110, memory.outboxStatus().dead());
        assertEquals(
                "too many deliveries hang",
                memory.deadLetters(null, 110).get(109).cause());
    }

    private static void awaitThroughInterrupts(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // Hangs until the test ends.
            }
        }
    }

    @Test
    void tellsTheKindOfAFaultAndNotItsMessage() {
        keep("a");
        try (Dispatcher dispatcher = dispatcher(leased -> {
            throw new IllegalStateException("https://secret@example.org");
        })) {
            dispatcher.workOff();
        }
        assertEquals("failed with IllegalStateException", causeOfDeath());
    }

    @Test
    void worksByItselfWhenTheBellRings() throws Exception {
        WakeUp wakeUp = new WakeUp();
        CountDownLatch done = new CountDownLatch(1);
        Handler handler = new Handler() {
            @Override
            public String target(OutboxEntry entry) {
                return entry.id();
            }

            @Override
            public Settlement handle(LeasedEntry leased) {
                done.countDown();
                return DONE;
            }

            @Override
            public Settlement failed(LeasedEntry leased, String cause) {
                return new Settlement.Dead(cause, List.of());
            }
        };
        try (Dispatcher dispatcher =
                new Dispatcher(store, handler, () -> "lease-" + leases.incrementAndGet(), clock, wakeUp)) {
            dispatcher.start(Duration.ofHours(1));
            keep("a");
            wakeUp.signal();
            assertTrue(done.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        }
        assertEquals(List.of(), memory.waiting(10));
    }

    @Test
    void startsNothingOnceItIsClosed() {
        Dispatcher dispatcher = dispatcher(leased -> DONE);
        dispatcher.close();
        keep("a");
        assertEquals(0, dispatcher.workOff());
        assertEquals(List.of(), handled);
    }

    @Test
    void closesThoughTheStoreHangsInATurn() throws Exception {
        store.hangsInLeases = true;
        Dispatcher dispatcher = dispatcher(leased -> DONE, Duration.ofMillis(1));
        dispatcher.start(Duration.ofHours(1));
        assertTrue(store.hangs.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        try (LogLines lines = LogLines.of(Dispatcher.class.getName())) {
            assertTimeoutPreemptively(TestTimeout.MAX, dispatcher::close);
            assertEquals(
                    List.of("notices that were sent may be sent again: the store did not answer in time"),
                    lines.texts());
        } finally {
            store.back.countDown();
        }
    }

    @Test
    void closesThoughTheStoreHangsInTheLastSettlement() {
        keep("a");
        store.failuresBefore.set(1);
        Dispatcher dispatcher = dispatcher(leased -> DONE, Duration.ofMillis(1));
        assertThrows(StoreException.class, dispatcher::workOff);
        store.hangsInSettlements = true;
        try {
            assertTimeoutPreemptively(TestTimeout.MAX, dispatcher::close);
        } finally {
            store.back.countDown();
        }
        assertEquals(List.of("a"), handled);
    }

    @Test
    void settlesWhatHasEndedBeforeItIsClosed() {
        keep("a");
        store.failuresBefore.set(1);
        Dispatcher dispatcher = dispatcher(leased -> DONE);
        assertThrows(StoreException.class, dispatcher::workOff);
        dispatcher.close();
        assertEquals(List.of(), memory.waiting(10));
    }

    @Test
    void purgesWhatIsNinetyDaysOld() {
        keep("a");
        try (Dispatcher dispatcher = dispatcher(leased -> DONE)) {
            dispatcher.workOff();
            clock.advance(Duration.ofDays(90));
            dispatcher.workOff();
            keep("a");
            assertEquals(0, dispatcher.workOff());
            clock.advance(Duration.ofHours(1));
            dispatcher.workOff();
            keep("a");
            assertEquals(1, dispatcher.workOff());
        }
    }

    @Test
    void saysOfAnOutageWhenItBeginsAndWhenItIsOver() {
        try (LogLines lines = LogLines.of(Dispatcher.class.getName());
                Dispatcher dispatcher = dispatcher(leased -> DONE)) {
            for (int outage = 0; outage < 2; outage++) {
                store.failingLeases.set(3);
                for (int turn = 0; turn < 5; turn++) {
                    dispatcher.runOrLog();
                }
            }
            List<String> once = List.of(
                    "the outbox cannot reach the store, notices wait: away",
                    "the outbox reaches the store again, notices are delivered");
            assertEquals(List.of(once, once).stream().flatMap(List::stream).toList(), lines.texts());
        }
    }
}
