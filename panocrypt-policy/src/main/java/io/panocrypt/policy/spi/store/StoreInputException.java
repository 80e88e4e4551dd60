package io.panocrypt.policy.spi.store;

/**
 * The store refuses its input, such as text that it cannot store. Nothing has happened and nothing will. The store is
 * available: the service records no outage and does not retry.
 */
public class StoreInputException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** Creates a refusal by the database behind the store. */
    public StoreInputException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Creates a refusal by the store itself. */
    public StoreInputException(String message) {
        super(message);
    }
}
