package io.panocrypt.policy.spi.store;

/** A fault of the store before any work: the requested operation has not happened and never will. */
public class StoreRejectedException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** Creates a fault with its cause. */
    public StoreRejectedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Creates a fault that the store itself found. */
    public StoreRejectedException(String message) {
        super(message);
    }
}
