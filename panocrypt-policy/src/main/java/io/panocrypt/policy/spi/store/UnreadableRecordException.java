package io.panocrypt.policy.spi.store;

/** A stored record cannot be read. Only the calls that need it fail: the store is available. */
public class UnreadableRecordException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** @param what identifies it, for example by kind and id, and quotes none of its content */
    public UnreadableRecordException(String what) {
        super("the stored " + what + " cannot be read");
    }
}
