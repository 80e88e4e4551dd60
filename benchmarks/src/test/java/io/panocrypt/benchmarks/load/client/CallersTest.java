package io.panocrypt.benchmarks.load.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.testkit.support.TestTimeout;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CallersTest {
    private static final Duration LENGTH = Duration.ofMillis(200);

    @Test
    void countsRightAndWrongAnswersApart() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Tally tally = Callers.run(3, LENGTH, () -> asked.incrementAndGet() % 4 != 0);
        assertEquals(asked.get() / 4, tally.failures());
        assertEquals(asked.get() - asked.get() / 4, tally.answers());
        assertEquals(tally.answers(), tally.sorted().length);
    }

    @Test
    void asksWithThatManyThreadsAtOnce() {
        CyclicBarrier all = new CyclicBarrier(8);
        ExecutionException thrown = assertThrows(
                ExecutionException.class,
                () -> Callers.run(8, Duration.ofMinutes(1), () -> {
                    try {
                        all.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
                    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                        throw new IllegalStateException("some do not ask", e);
                    }
                    throw new IllegalStateException("all are here");
                }));
        assertEquals("all are here", Objects.requireNonNull(thrown.getCause()).getMessage());
    }

    @Test
    void doesNotCountAnAnswerAfterTheEndAsOneInTime() throws Exception {
        Tally tally = Callers.run(1, LENGTH, () -> {
            for (long begun = System.nanoTime(); System.nanoTime() - begun < LENGTH.toNanos(); ) {
                Thread.onSpinWait();
            }
            return true;
        });
        assertEquals(1, tally.answers());
        assertEquals(0, tally.inTime());
    }

    @Test
    void endsWithTheFaultOfACall() {
        assertThrows(
                ExecutionException.class,
                () -> Callers.run(2, LENGTH, () -> {
                    throw new IllegalStateException("a fault");
                }));
    }
}
