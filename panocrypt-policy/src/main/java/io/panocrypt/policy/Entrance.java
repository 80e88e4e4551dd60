package io.panocrypt.policy;

import io.panocrypt.policy.spi.StoreBusyException;
import io.panocrypt.policy.spi.StoreException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Lets in so many requests of machines at once and no more, and has the log tell of those that fail. Thread-safe. */
final class Entrance {
    private final Semaphore room;
    private final TroubleLog trouble;
    private final TroubleLog single;

    /**
     * @param trouble hears of outages, which end with a success
     * @param single hears of requests that fail alone, whatever becomes of the others
     */
    Entrance(int most, TroubleLog trouble, TroubleLog single) {
        this.room = new Semaphore(most);
        this.trouble = trouble;
        this.single = single;
    }

    /** Never waits. */
    boolean tryEnter() {
        boolean entered = room.tryAcquire();
        if (!entered) {
            trouble.failed(full());
        }
        return entered;
    }

    void leave() {
        room.release();
    }

    /** A request has failed. */
    void failed(StoreException fault) {
        (StoreGate.isOutage(fault) ? trouble : single).failed(fault);
    }

    /** A request has not failed. */
    void succeeded() {
        trouble.succeeded();
    }

    /** @throws StoreException as the request throws it, or because there is no room for it */
    <T> T pass(Supplier<T> request) {
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

    private static StoreBusyException full() {
        return new StoreBusyException("too many requests are being answered already");
    }
}
