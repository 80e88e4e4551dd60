package io.panocrypt.policy.spi.store;

/** A fault of the store; whether a write that threw it has happened is unknown. */
public class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A fault with its cause. */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A fault that the store itself found. */
    public StoreException(String message) {
        super(message);
    }
}
