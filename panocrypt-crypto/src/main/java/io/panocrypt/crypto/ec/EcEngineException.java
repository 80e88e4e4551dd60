package io.panocrypt.crypto.ec;

import org.jspecify.annotations.Nullable;

/** A fault of an engine: the provider failed, or its result did not pass the check that guards against wrong answers. */
public final class EcEngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what failed, without secrets or coordinates
     * @param cause the provider's exception, or null when a check failed
     */
    public EcEngineException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
