package io.panocrypt.policy.internal.resilience;

import io.panocrypt.policy.spi.store.StoreException;

/** Logs which of machines' requests fail: outages of the store, and faults of single requests. Thread-safe. */
public final class RequestFaultLog {
    private final OutageLog outages;
    private final OutageLog single;

    /**
     * @param outages of the store, which end with a success
     * @param single faults of a request that say nothing about others
     */
    public RequestFaultLog(OutageLog outages, OutageLog single) {
        this.outages = outages;
        this.single = single;
    }

    public void failed(StoreException fault) {
        (CircuitBreaker.isOutage(fault) ? outages : single).failed(fault);
    }

    public void succeeded() {
        outages.succeeded();
    }
}
