package io.panocrypt.policy.spi.store;

/**
 * A store refuses what it was asked, such as text that it cannot keep. Nothing has happened and nothing will, and the store is
 * not away: the service counts no outage and does not try again.
 */
public class StoreInputException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** A refusal of the engine behind the store. */
    public StoreInputException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A refusal of the store itself. */
    public StoreInputException(String message) {
        super(message);
    }
}
