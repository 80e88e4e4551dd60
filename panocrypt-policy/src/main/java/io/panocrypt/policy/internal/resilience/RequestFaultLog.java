package io.panocrypt.policy.internal.resilience;

import io.panocrypt.policy.spi.store.StoreException;

/** Logs failed requests of machines: outages of the store, and separately faults of single requests. Thread-safe. */
public final class RequestFaultLog {
    private final OutageLog outages;
    private final OutageLog single;

    /**
     * @param outages logs outages of the store, which end with a success
     * @param single logs faults of single requests, which say nothing about others
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
