package io.panocrypt.policy.internal.resilience;

import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Limits how many requests of machines are answered at once; more are rejected. Thread-safe. */
public final class ConcurrencyLimiter {
    private final Semaphore permits;
    private final RequestFaultLog faults;

    public ConcurrencyLimiter(int max, RequestFaultLog faults) {
        this.permits = new Semaphore(max);
        this.faults = faults;
    }

    /** Takes a permit without waiting; false if there is none. */
    public boolean tryEnter() {
        boolean entered = permits.tryAcquire();
        if (!entered) {
            faults.failed(full());
        }
        return entered;
    }

    public void leave() {
        permits.release();
    }

    /** @throws StoreException from the request, or because too many are being answered */
    public <T> T pass(Supplier<T> request) {
        if (!tryEnter()) {
            throw full();
        }
        try {
            T answer = request.get();
            faults.succeeded();
            return answer;
        } catch (StoreException e) {
            faults.failed(e);
            throw e;
        } finally {
            leave();
        }
    }

    private static StoreRejectedException full() {
        return new StoreRejectedException("too many requests are being answered already");
    }
}
