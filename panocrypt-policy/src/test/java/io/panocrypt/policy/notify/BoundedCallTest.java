package io.panocrypt.policy.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class BoundedCallTest {
    @Test
    void leavesNoMoreThanFourThreadsBehindAtAHost() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(4);
        AtomicInteger calls = new AtomicInteger();
        BoundedCall bounded = new BoundedCall(Duration.ofMillis(20));
        for (int i = 0; i < 10; i++) {
            assertThrows(
                    TimeoutException.class,
                    () -> bounded.run("hangs", () -> {
                        started.countDown();
                        calls.incrementAndGet();
                        return waitFor(never);
                    }));
        }
        started.await(60, TimeUnit.SECONDS);
        assertEquals(4, calls.get());
        assertEquals("back", eventually(bounded, "other"));
        never.countDown();
        assertEquals("back", eventually(bounded, "hangs"));
    }

    private static String eventually(BoundedCall bounded, String host) throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (true) {
            try {
                return bounded.run(host, () -> "back");
            } catch (TimeoutException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }

    /** Ignores interrupts, like a name service. */
    private static String waitFor(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            Thread.interrupted();
        }
        return "late";
    }
}
