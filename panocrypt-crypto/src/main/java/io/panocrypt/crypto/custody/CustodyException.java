package io.panocrypt.crypto.custody;

import org.jspecify.annotations.Nullable;

/** A fault of custody: a sealed key that does not open, does not belong to the label, or an engine that failed. */
public final class CustodyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A fault.
     *
     * @param message what failed, without secrets
     * @param cause the fault beneath, or null
     */
    public CustodyException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
