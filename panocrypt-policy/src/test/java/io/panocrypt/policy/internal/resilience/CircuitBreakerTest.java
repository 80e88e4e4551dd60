package io.panocrypt.policy.internal.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    /** Begins near the overflow of the clock's numbers. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);

    private final CircuitBreaker gate = new CircuitBreaker("reading", nanos::get);
    private int calls;

    private void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }

    private int succeed() {
        return gate.call(() -> ++calls);
    }

    private StoreException fail(Duration after) {
        Supplier<Integer> failing = () -> {
            calls++;
            advance(after);
            throw new StoreException("gone");
        };
        return assertThrows(StoreException.class, () -> gate.call(failing));
    }

    private void assertRefuses() {
        int before = calls;
        assertThrows(CircuitOpenException.class, this::succeed);
        assertEquals(before, calls, "the store is not asked");
    }

    @Test
    void refusesAtOnceAfterACallThatFailedSlowly() {
        fail(CircuitBreaker.SLOW);
        assertRefuses();
        assertRefuses();
    }

    @Test
    void letsCallsThroughThatFailNowAndThen() {
        for (int i = 0; i < 100; i++) {
            fail(Duration.ofMillis(100));
            fail(Duration.ofMillis(100));
            succeed();
        }
        assertEquals(300, calls);
    }

    @Test
    void refusesAfterASecondOfNothingButFailures() {
        fail(Duration.ZERO);
        advance(CircuitBreaker.FAILING.minusNanos(1));
        fail(Duration.ZERO);
        advance(Duration.ofNanos(1));
        fail(Duration.ZERO);
        assertEquals(3, calls);
        assertRefuses();
    }

    @Test
    void triesAgainAndAgainAndOpensWithTheFirstSuccess() {
        fail(CircuitBreaker.SLOW);
        for (int i = 0; i < 5; i++) {
            advance(CircuitBreaker.TRIAL_PAUSE.minusNanos(1));
            assertRefuses();
            advance(Duration.ofNanos(1));
            fail(Duration.ofSeconds(2));
            assertRefuses();
        }
        assertTrue(gate.isFailing());
        advance(CircuitBreaker.TRIAL_PAUSE);
        succeed();
        succeed();
        assertFalse(gate.isFailing());
    }

    @Test
    void letsOneAtATimeTry() {
        fail(CircuitBreaker.SLOW);
        advance(Duration.ofHours(1));
        gate.call(() -> {
            assertRefuses();
            advance(Duration.ofHours(1));
            assertRefuses();
            return 0;
        });
        succeed();
    }

    @Test
    void triesAgainAfterATrialThatNoStoreFaultEnded() {
        fail(CircuitBreaker.SLOW);
        advance(CircuitBreaker.TRIAL_PAUSE);
        assertThrows(
                IllegalArgumentException.class,
                () -> gate.call(() -> {
                    throw new IllegalArgumentException("a page has 1 to 1000 rows");
                }));
        assertRefuses();
        advance(CircuitBreaker.TRIAL_PAUSE);
        succeed();
    }

    private void throwing(StoreException fault) {
        assertThrows(
                fault.getClass(),
                () -> gate.call(() -> {
                    calls++;
                    advance(CircuitBreaker.FAILING);
                    throw fault;
                }));
    }

    @Test
    void countsNoInputThatTheStoreRefusesAndNothingThatCannotBeRead() {
        for (int i = 0; i < 10; i++) {
            throwing(new StoreInputException("text holds NUL"));
            throwing(new UnreadableRecordException("device dev-1"));
        }
        assertFalse(gate.isFailing());
        succeed();
        assertEquals(21, calls);
    }

    @Test
    void isOpenedByARefusalOfTheStoreItself() {
        fail(CircuitBreaker.SLOW);
        advance(CircuitBreaker.TRIAL_PAUSE);
        throwing(new StoreInputException("text holds NUL"));
        assertFalse(gate.isFailing());
    }

    @Test
    void isOpenedByACallThatWasUnderWay() {
        gate.call(() -> {
            fail(CircuitBreaker.SLOW);
            return 0;
        });
        succeed();
    }

    @Test
    void findsOutWithinTwoSecondsThatTheStoreIsBack() {
        assertTrue(CircuitBreaker.TRIAL_PAUSE.compareTo(Duration.ofSeconds(1)) < 0);
    }

    /** An empty lease writes nothing, so it succeeds on a read-only database. */
    @Test
    void staysAsItIsAfterAnAnswerThatProvesNothing() {
        assertThrows(
                StoreException.class,
                () -> gate.call(() -> {
                    throw new StoreException("away");
                }));
        gate.call(List::of, list -> !list.isEmpty());
        assertTrue(gate.isFailing());
        gate.call(() -> List.of(1), list -> !list.isEmpty());
        assertFalse(gate.isFailing());
    }
}
