package io.panocrypt.policy.internal.resilience;

import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Lets in so many requests of machines at once and no more, and has the log tell of those that fail. Thread-safe. */
public final class ConcurrencyLimiter {
    private final Semaphore room;
    private final OutageLog trouble;
    private final OutageLog single;

    /**
     * @param trouble hears of outages, which end with a success
     * @param single hears of requests that fail alone, whatever becomes of the others
     */
    public ConcurrencyLimiter(int most, OutageLog trouble, OutageLog single) {
        this.room = new Semaphore(most);
        this.trouble = trouble;
        this.single = single;
    }

    /** Never waits. */
    public boolean tryEnter() {
        boolean entered = room.tryAcquire();
        if (!entered) {
            trouble.failed(full());
        }
        return entered;
    }

    public void leave() {
        room.release();
    }

    /** A request has failed. */
    public void failed(StoreException fault) {
        (CircuitBreaker.isOutage(fault) ? trouble : single).failed(fault);
    }

    /** A request has not failed. */
    public void succeeded() {
        trouble.succeeded();
    }

    /** @throws StoreException as the request throws it, or because there is no room for it */
    public <T> T pass(Supplier<T> request) {
        if (!tryEnter()) {
            throw full();
        }
        try {
            T answer = request.get();
            trouble.succeeded();
            return answer;
        } catch (StoreException e) {
            failed(e);
            throw e;
        } finally {
            leave();
        }
    }

    private static StoreRejectedException full() {
        return new StoreRejectedException("too many requests are being answered already");
    }
}
