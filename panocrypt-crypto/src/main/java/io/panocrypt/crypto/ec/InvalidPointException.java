package io.panocrypt.crypto.ec;

import java.security.GeneralSecurityException;

/** The refusal of bytes that are not a finite point on the curve in question; its message never quotes a coordinate. */
public final class InvalidPointException extends GeneralSecurityException {
    private static final long serialVersionUID = 1L;

    /**
     * A refusal for a reason.
     *
     * @param reason what is wrong, without any of the input's bytes
     */
    public InvalidPointException(String reason) {
        super(reason);
    }
}
