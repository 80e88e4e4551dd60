package io.panocrypt.policy;

import io.panocrypt.policy.spi.StoreBusyException;

/** The store was not even asked, since it has not been answering. */
final class StoreAwayException extends StoreBusyException {
    private static final long serialVersionUID = 1L;

    StoreAwayException(String what) {
        super(what + " is refused until the store answers again");
    }
}
