package io.panocrypt.policy.internal.resilience;

import io.panocrypt.policy.spi.store.StoreRejectedException;

/** The store was not even asked, since it has not been answering. */
public final class CircuitOpenException extends StoreRejectedException {
    private static final long serialVersionUID = 1L;

    CircuitOpenException(String what) {
        super(what + " is refused until the store answers again");
    }
}
