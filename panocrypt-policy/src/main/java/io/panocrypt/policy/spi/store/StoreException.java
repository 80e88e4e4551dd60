package io.panocrypt.policy.spi.store;

/** A fault of the store; if a write throws it, its outcome is unknown. */
public class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates a fault with its cause. */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Creates a fault that the store itself found. */
    public StoreException(String message) {
        super(message);
    }
}
