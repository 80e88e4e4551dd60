package io.panocrypt.policy.spi.store;

/** Something stored cannot be read. Only the calls that need it fail: the store is not away. */
public class UnreadableRecordException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** @param what names it, for instance by kind and id, and quotes nothing of it */
    public UnreadableRecordException(String what) {
        super("the stored " + what + " cannot be read");
    }
}
