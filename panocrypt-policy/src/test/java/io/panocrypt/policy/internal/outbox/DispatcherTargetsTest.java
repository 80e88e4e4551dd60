package io.panocrypt.policy.internal.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.TestClock;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The effect of hanging targets on others. An entry's topic is its target; ids are in the order of creation. */
class DispatcherTargetsTest {
    private static final Settlement DONE = new Settlement.Done(List.of());
    private static final long SECONDS = 60;

    private final TestClock clock = new TestClock();
    private final MemoryStore store = new MemoryStore(clock, "node-a");
    private final AtomicInteger leases = new AtomicInteger();
    private final List<String> handled = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> attempts = Collections.synchronizedList(new ArrayList<>());
    /** Work at a target whose name begins with "hang" ends when this latch opens. */
    private final CountDownLatch open = new CountDownLatch(1);

    private volatile boolean deaf;
    private volatile CountDownLatch started = new CountDownLatch(0);
    private volatile CountDownLatch others = new CountDownLatch(0);

    @AfterEach
    void openAll() {
        open.countDown();
    }

    private final class Receivers implements Handler {
        @Override
        public String target(OutboxEntry entry) {
            return entry.topic();
        }

        @Override
        public Settlement handle(LeasedEntry leased) {
            handled.add(leased.entry().id());
            attempts.add(leased.attempts());
            started.countDown();
            if (target(leased.entry()).startsWith("hang")) {
                return waitUntilOpen();
            }
            others.countDown();
            return DONE;
        }

        private Settlement waitUntilOpen() {
            while (true) {
                try {
                    open.await();
                    return DONE;
                } catch (InterruptedException e) {
                    if (!deaf) {
                        Thread.currentThread().interrupt();
                        return DONE;
                    }
                }
            }
        }

        @Override
        public Settlement failed(LeasedEntry leased, String cause) {
            return new Settlement.Dead(cause, List.of());
        }
    }

    private Dispatcher dispatcher(WakeUp wakeUp) {
        return new Dispatcher(
                store,
                new Receivers(),
                () -> "lease-" + leases.incrementAndGet(),
                clock,
                wakeUp,
                Duration.ofSeconds(SECONDS));
    }

    private void keep(String target, int count) {
        store.write(StoreWrite.of()
                .enqueue(IntStream.range(0, count)
                        .mapToObj(i -> new OutboxEntry(target + "-" + i, target, "{}"))
                        .toList())
                .build());
    }

    /** Runs until all expected entries have started. */
    private void turnUntil(Dispatcher dispatcher, CountDownLatch latch) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        do {
            dispatcher.runOrLog();
            assertTrue(System.nanoTime() < end, "it did not come to it");
        } while (!latch.await(1, TimeUnit.MILLISECONDS));
    }

    private void advance(Duration time) {
        clock.advance(time);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 19})
    void delaysNobodyElseWhereReceiversHang(int hanging) throws Exception {
        for (int i = 0; i < hanging; i++) {
            keep("hang-" + i, 20);
        }
        keep("other", 20);
        others = new CountDownLatch(20);
        started = new CountDownLatch(4 * hanging + 20);
        try (Dispatcher dispatcher = dispatcher(new WakeUp())) {
            // The clock stands still, so nothing ran into a timeout.
            turnUntil(dispatcher, others);
            turnUntil(dispatcher, started);
            assertEquals(
                    4L * hanging,
                    handled.stream().filter(id -> id.startsWith("hang")).count());
            open.countDown();
            assertEquals(0, dispatcher.workOff());
        }
        assertEquals(20 * hanging + 20, handled.stream().distinct().count());
        assertEquals(20 * hanging + 20, handled.size());
        assertEquals(0, store.outboxStatus().waiting());
    }

    @Test
    void worksOnFourOfATargetAndOnTheRestInTheOrderOfTheirArrival() throws Exception {
        keep("hang", 12);
        started = new CountDownLatch(4);
        try (Dispatcher dispatcher = dispatcher(new WakeUp())) {
            turnUntil(dispatcher, started);
            dispatcher.runOrLog();
            assertEquals(4, handled.size());
            open.countDown();
            dispatcher.workOff();
        }
        assertEquals(12, handled.size());
        assertEquals(Collections.nCopies(12, 1), attempts);
    }

    @Test
    void givesBackWhatWaitsBeforeItsLeaseEndsAndCountsNoAttempt() throws Exception {
        keep("hang", 6);
        started = new CountDownLatch(4);
        try (Dispatcher dispatcher = dispatcher(new WakeUp());
                Dispatcher other = dispatcher(new WakeUp())) {
            turnUntil(dispatcher, started);
            advance(Duration.ofSeconds(30));
            dispatcher.runOrLog();
            assertEquals(4, store.outboxStatus().dead(), "those that hang are given up");
            assertEquals(2, store.outboxStatus().waiting());
            // The other node holds the leases; the first one would deliver twice.
            open.countDown();
            advance(Duration.ofSeconds(30));
            assertEquals(2, other.workOff());
            assertEquals(0, dispatcher.workOff());
        }
        assertEquals(6, handled.size());
        assertEquals(Collections.nCopies(6, 1), attempts);
    }

    @Test
    void startsNothingWhoseLeaseMayHaveEndedMeanwhile() throws Exception {
        keep("hang", 5);
        started = new CountDownLatch(4);
        try (Dispatcher dispatcher = dispatcher(new WakeUp());
                Dispatcher other = dispatcher(new WakeUp())) {
            turnUntil(dispatcher, started);
            // The first node pauses until its leases end, and the other one does all the work.
            advance(Duration.ofMinutes(2));
            open.countDown();
            assertEquals(5, other.workOff());
            dispatcher.workOff();
        }
        assertEquals(1, handled.stream().filter("hang-4"::equals).count());
    }

    @Test
    void keepsALongQueueOfOneTargetInTheStore() throws Exception {
        keep("hang", 4 + WaitingEntries.MAX_OF_A_TARGET + 100);
        keep("other", 1);
        others = new CountDownLatch(1);
        try (Dispatcher dispatcher = dispatcher(new WakeUp())) {
            turnUntil(dispatcher, others);
            for (int i = 0; i < 20; i++) {
                dispatcher.runOrLog();
            }
            assertEquals(0, store.lease("probe", Duration.ofMinutes(1), 1_000).size());
            // Not slow yet, so they become due soon.
            advance(Duration.ofSeconds(2));
            assertEquals(100, store.lease("later", Duration.ofMillis(1), 1_000).size());
            open.countDown();
            dispatcher.workOff();
        }
        assertEquals(0, store.outboxStatus().dead());
    }

    @Test
    void handsWhatWaitsToOtherNodesWhenItIsClosed() throws Exception {
        keep("hang", 10);
        started = new CountDownLatch(4);
        try (Dispatcher other = dispatcher(new WakeUp())) {
            Dispatcher dispatcher = dispatcher(new WakeUp());
            turnUntil(dispatcher, started);
            open.countDown();
            dispatcher.close();
            other.workOff();
        }
        assertEquals(10, handled.size());
        assertEquals(Collections.nCopies(10, 1), attempts);
        assertEquals(0, store.outboxStatus().waiting());
    }

    @Test
    void holdsNoMoreThreadsForATargetWhoseThreadsNeverEnd() throws Exception {
        deaf = true;
        keep("hang", 4);
        try (Dispatcher dispatcher = dispatcher(new WakeUp())) {
            started = new CountDownLatch(4);
            turnUntil(dispatcher, started);
            advance(Dispatcher.LIMIT);
            dispatcher.runOrLog();
            store.write(StoreWrite.of()
                    .enqueue(List.of(new OutboxEntry("fifth", "hang", "{}"), new OutboxEntry("sixth", "other", "{}")))
                    .build());
            assertEquals(2, dispatcher.workOff());
            assertEquals(List.of("sixth"), handled.subList(4, handled.size()));
            assertEquals(
                    "earlier deliveries to the same receiver still hang",
                    store.deadLetters(null, 10).get(4).cause());
            open.countDown();
        }
    }

    @Test
    void keepsTheOrderOfALaneWhileItsTargetIsFull() throws Exception {
        keep("hang", 4);
        started = new CountDownLatch(4);
        List<String> lane =
                IntStream.range(0, 5).mapToObj(i -> "hang-in-lane-" + i).toList();
        store.write(StoreWrite.of()
                .enqueue(lane.stream()
                        .map(id -> new OutboxEntry(id, "hang", "lane", "{}"))
                        .toList())
                .build());
        try (Dispatcher dispatcher = dispatcher(new WakeUp())) {
            turnUntil(dispatcher, started);
            open.countDown();
            dispatcher.workOff();
        }
        assertEquals(lane, handled.stream().filter(lane::contains).collect(Collectors.toList()));
    }
}
