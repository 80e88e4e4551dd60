package io.panocrypt.policy.internal.resilience;

import io.panocrypt.policy.spi.store.StoreRejectedException;

/** The call was not made, because the store does not answer. */
public final class CircuitOpenException extends StoreRejectedException {
    private static final long serialVersionUID = 1L;

    CircuitOpenException(String what) {
        super(what + " is refused until the store answers again");
    }
}
