package io.panocrypt.crypto.custody;

import org.jspecify.annotations.Nullable;

/** A fault of custody: a sealed key did not open, or does not belong to the label, or the engine failed. */
public final class CustodyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what failed, without secrets
     * @param cause the underlying fault, or null
     */
    public CustodyException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
