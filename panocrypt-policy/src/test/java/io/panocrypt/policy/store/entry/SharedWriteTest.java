package io.panocrypt.policy.store.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.TestTimeout;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.entry.FaultyEntryStore.Fate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Acts that wait while a write of their node is under way. */
class SharedWriteTest {
    private static final int ACTS = 40;

    private final EntrySite site = new EntrySite();
    private final EntryBackedStore node = new EntryBackedStore(site.faulty, "node-a", TestTimeout.MAX);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch firstIsUnderWay = new CountDownLatch(1);
    private final CountDownLatch allWait = new CountDownLatch(1);
    private final AtomicInteger writes = new AtomicInteger();
    private volatile Runnable afterFirst = () -> {};

    @BeforeEach
    void openGrants() {
        node.write(site.put(EntrySite.device(EntrySite.DEVICE, 1)));
        node.write(site.open(site.grant("g", EntrySite.DEVICE, 30)));
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** Runs the acts so that all of them wait for the write of another one. */
    private <R> List<Future<R>> together(List<Callable<R>> acts) throws InterruptedException {
        site.faulty.beforeWrite(() -> {
            if (writes.getAndIncrement() == 0) {
                firstIsUnderWay.countDown();
                await(allWait);
            } else {
                afterFirst.run();
            }
        });
        JournalEntry first = site.entry(JournalEntry.Kind.CHECKPOINT);
        threads.execute(() -> node.write(StoreWrite.of(first).build()));
        await(firstIsUnderWay);
        List<Thread> waiting = new ArrayList<>();
        List<Future<R>> results = new ArrayList<>();
        for (Callable<R> act : acts) {
            results.add(threads.submit(() -> {
                synchronized (waiting) {
                    waiting.add(Thread.currentThread());
                }
                return act.call();
            }));
        }
        while (!allParked(waiting, acts.size())) {
            Thread.onSpinWait();
        }
        allWait.countDown();
        return results;
    }

    private static boolean allParked(List<Thread> threads, int wanted) {
        synchronized (threads) {
            return threads.size() == wanted
                    && threads.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <R> R get(Future<R> future) throws Exception {
        return future.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void shareFewWritesAndSpendEachUseOnce(Fate fate) throws Exception {
        site.faulty.plan(Fate.HAPPENS, fate);
        List<WriteResult> results = new ArrayList<>();
        Callable<WriteResult> spend = () -> node.write(site.spend("g"));
        for (Future<WriteResult> result : together(Collections.nCopies(ACTS, spend))) {
            results.add(get(result));
        }
        assertTrue(!site.faulty.arrive().contains(true), "a late write happened too");
        assertEquals(30, Collections.frequency(results, new WriteResult.Written()));
        assertEquals(0, site.usesLeft("g"));
        assertEquals(33, site.other.chain("node-a", 0, 1_000).size());
        assertTrue(writes.get() <= 8, writes.get() + " writes");
        assertTrue(site.faulty.largest() <= 100, site.faulty.largest() + " keys");
    }

    @Test
    void areNotHarmedByOneThatIsRefused() throws Exception {
        Callable<WriteResult> spend = () -> node.write(site.spend("g"));
        List<Callable<WriteResult>> acts = new ArrayList<>(Collections.nCopies(5, spend));
        // It is refused only when its row is written, after its use was taken.
        JournalEntry row = new JournalEntry("wrong", JournalEntry.Kind.UNLOCK, EntrySite.START, null, "\ud800");
        StoreWrite wrong = StoreWrite.of(row)
                .inEpoch(1L)
                .require(PolicyRecord.DEVICE, EntrySite.DEVICE, 1)
                .spend(EntrySite.DEVICE, List.of("g"))
                .build();
        acts.add(2, () -> node.write(wrong));
        List<Future<WriteResult>> results = together(acts);
        Throwable refused = assertThrows(ExecutionException.class, () -> get(results.remove(2)))
                .getCause();
        assertInstanceOf(StoreInputException.class, refused);
        for (Future<WriteResult> result : results) {
            assertEquals(new WriteResult.Written(), get(result));
        }
        assertEquals(25, site.usesLeft("g"));
    }

    @Test
    void areNotDoneLaterIfTheirCallerIsGone() throws Exception {
        List<Future<WriteResult>> results = new ArrayList<>();
        CountDownLatch allAsked = new CountDownLatch(1);
        CountDownLatch lastIsGone = new CountDownLatch(1);
        List<Callable<WriteResult>> acts = new ArrayList<>(Collections.nCopies(29, () -> node.write(site.spend("g"))));
        acts.add(() -> {
            try {
                return node.write(site.spend("g"));
            } finally {
                lastIsGone.countDown();
            }
        });
        afterFirst = () -> {
            // The second write takes all acts, has no room for the last one, and ends when its caller has left.
            afterFirst = () -> {};
            await(allAsked);
            results.get(29).cancel(true);
            await(lastIsGone);
        };
        results.addAll(together(acts));
        allAsked.countDown();
        for (Future<WriteResult> result : results.subList(0, 29)) {
            assertEquals(new WriteResult.Written(), get(result));
        }
        node.write(StoreWrite.of(site.entry(JournalEntry.Kind.CHECKPOINT)).build());
        assertEquals(1, site.usesLeft("g"));
    }
}
