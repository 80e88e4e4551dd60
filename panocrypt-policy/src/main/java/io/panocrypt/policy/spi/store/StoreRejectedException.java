package io.panocrypt.policy.spi.store;

/** A fault of the store before anything was done: what was asked for has not happened, and will not. */
public class StoreRejectedException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** A fault with its cause. */
    public StoreRejectedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A fault that the store itself found. */
    public StoreRejectedException(String message) {
        super(message);
    }
}
